import type { Action, TransactionControl } from '../model/action.ts';
import { inPasses } from '../model/alter-pass.ts';
import type { Catalog } from '../model/catalog.ts';
import {
  findIndex,
  findRelation,
  nameForCreation,
  resolveName,
  TEMPORARY_SCHEMA,
  tableOf,
} from '../model/catalog-lookup.ts';
import { UnplannableError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationPlan, Step, TransactionStep } from '../model/plan.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { SetVariable } from '../model/set-variable.ts';
import type { Statement } from '../model/statement.ts';
import { readStepMark } from '../model/step-mark.ts';
import { quoteName } from '../sql/postgres/quote.ts';
import { asIs } from './as-is.ts';
import { alteredTables, ordinaryTable } from './assumed-table.ts';
import { fileSettings } from './file-settings.ts';
import { finishStep } from './finish-step.ts';
import { dropSource, endFollowing, endOfFollowing } from './followed-columns.ts';
import { touchesLedger } from './ledger-in.ts';
import { leftBehind } from './left-behind.ts';
import { markedStep } from './marked-step.ts';
import { mergeFreshSteps } from './merge-fresh-steps.ts';
import { missingIndex } from './missing-index.ts';
import type { PlanTools } from './plan-tools.ts';
import type { RecipeInput, RecipeName } from './recipe.ts';
import { RECIPES, SEQUENCE_RECIPES } from './recipes.ts';
import type { SequencePlan } from './sequence-recipe.ts';
import { splitCommands } from './split-commands.ts';
import type { FollowedColumns, StepDraft } from './step-draft.ts';
import type { StepOrigin } from './step-origin.ts';
import { writtenBackfill } from './written-backfill.ts';

export interface PlannerInput {
  /** Whether the catalog holds everything there is (a live server), so that a missing table is an error. */
  readonly catalogIsComplete: boolean;
  readonly version: ServerVersion;
  readonly tools: PlanTools;
}

/** The recipe whose triggers end before, with or behind other statements. */
const FOLLOWING: RecipeName = 'fill-columns-in-step';

/** Plans the statements of one file in order, folding the schema along. */
export class MigrationPlanner {
  catalog: Catalog;
  readonly notes: { path: string; line: number; note: string }[] = [];
  readonly #steps: Step[] = [];
  /** Of each step. */
  readonly #origins: { readonly statement: Statement; readonly recipe: RecipeName | null }[] = [];
  readonly #input: PlannerInput;
  readonly #migration: Migration;
  #before: Catalog;
  #settings: readonly string[] = [];
  /** Statements of the file behind the one that is planned. */
  #later: readonly Statement[] = [];
  #followed: readonly FollowedColumns[] = [];
  /** The statement whose steps came last: what ends with the file ends behind it. */
  #last: Statement | null = null;
  /** Columns that the last gate has spoken of already, as `table.column`. */
  readonly #saidGoodbye = new Set<string>();

  constructor(input: PlannerInput, migration: Migration, catalog: Catalog) {
    this.#input = input;
    this.#migration = migration;
    this.#before = catalog;
    this.catalog = catalog;
  }

  addAll(statements: readonly Statement[]): void {
    const mark = readStepMark(this.#migration.sql);
    const file = mark === null ? null : { id: this.#migration.id, statements, mark };
    const step =
      file === null ? null : markedStep(file, this.catalog, this.#input.tools, (relation) => this.#isFresh(relation));
    const [first] = statements;
    if (step !== null && first !== undefined) this.#finishAll([step], first, null);
    else this.#addEach(statements);
  }

  #addEach(all: readonly Statement[]): void {
    const statements = all.filter(({ action }) => action.kind !== 'transaction');
    let at = 0;
    let taken = 0;
    for (const statement of all) {
      if (statement.action.kind === 'transaction') {
        this.#add(statement);
        continue;
      }
      if (at >= taken) {
        const known = this.catalog;
        const sequence = this.#sequence(statements, at);
        for (const part of sequence?.plan.parts ?? []) {
          this.#finishAll(part.drafts, part.statement, sequence?.recipe ?? null);
        }
        taken = at + (sequence?.plan.taken ?? 0);
        for (const { action } of statements.slice(at, taken)) this.#keepInUse(action, known);
      }
      if (at >= taken) {
        this.#later = statements.slice(at + 1);
        this.#add(statement);
      }
      at += 1;
    }
  }

  #sequence(
    statements: readonly Statement[],
    at: number,
  ): { readonly recipe: RecipeName; readonly plan: SequencePlan } | null {
    const { version, tools } = this.#input;
    const isFresh = (key: RelationKey): boolean => this.#isFresh(key);
    const input = { statements, at, catalog: this.catalog, before: this.#before, version, tools, isFresh };
    for (const recipe of SEQUENCE_RECIPES) {
      const planned = recipe.plan(input);
      if (planned === null) continue;
      if ('taken' in planned) return { recipe: recipe.name, plan: planned };
      const where = `${this.#migration.path}:${statements[at]?.span.line ?? 1}`;
      throw new UnplannableError(`${where} ${planned.reason}.`, { nextCommand: planned.nextCommand });
    }
    return null;
  }

  #add(statement: Statement): void {
    const { action } = statement;
    const line = statement.span.line;
    if (action.kind === 'transaction') {
      this.#refuseUndoing(action.verb, line);
      this.#note(line, 'BEGIN and COMMIT are left out: each step has a transaction of its own.');
      return;
    }
    if (touchesLedger(action)) this.#refuseLedger(line);
    if (action.kind === 'set-variable') return this.#set(statement, action);
    if (action.kind === 'dml' && action.settings !== undefined) {
      for (const setting of action.settings) this.#set({ ...statement, action: setting }, setting);
      if (action.onlySettings === true) return;
    }
    if (isTemporary(action)) this.#refuseTemporary(line);
    if (this.#findsNothing(action)) {
      this.#note(line, 'What it would alter IF EXISTS does not exist: there is nothing to do.');
      return;
    }
    this.#assumeMissingTable(action, statement);
    const known = this.catalog;
    const apart = this.#isHarmless(statement) ? [statement] : splitCommands(inOrder(statement));
    for (const one of apart) this.#plan(one, statement);
    this.#keepInUse(action, known);
  }

  /** Steps run in sessions of their own: what a file sets goes before each of them. */
  #set(statement: Statement, action: SetVariable): void {
    const outcome = fileSettings(this.#settings, action);
    this.#settings = outcome.settings;
    if (outcome.note !== null) this.#note(statement.span.line, outcome.note);
    this.catalog = this.#input.tools.applyStatement(this.catalog, statement);
  }

  /** Whoever drops the ledger in a run takes away what the run is remembered by. */
  #refuseLedger(line: number): never {
    const where = `${this.#migration.path}:${line}`;
    throw new UnplannableError(
      `${where} changes the schema evenkeel: that is the ledger, where Evenkeel keeps what it has done to this database.`,
      {
        nextCommand: `take the statement out of ${where}, and run the same command again; to give up a migration: evenkeel abandon <migration>`,
      },
    );
  }

  #findsNothing(action: Action): boolean {
    if (action.kind !== 'alter-table' || !action.ifExists || !this.#input.catalogIsComplete) return false;
    return findRelation(this.catalog, action.name) === null && findIndex(this.catalog, action.name) === null;
  }

  /** A relation in use stays in use under its new name. */
  #keepInUse(action: Action, known: Catalog): void {
    if (action.kind !== 'set-schema' && (action.kind !== 'rename' || action.member !== null)) return;
    const old = resolveName(known, action.name);
    const relation = this.#before.relations[relationKey(old)];
    if (relation === undefined) return;
    const now = relationKey(action.kind === 'rename' ? { ...old, name: action.to } : { ...old, schema: action.schema });
    this.#before = { ...this.#before, relations: { ...this.#before.relations, [now]: relation } };
  }

  /** What a migration takes back itself, or leaves for somebody else to commit, must not be done for good. */
  #refuseUndoing(verb: TransactionControl['verb'], line: number): void {
    if (['begin', 'commit', 'savepoint', 'release'].includes(verb)) return;
    const where = `${this.#migration.path}:${line}`;
    throw new UnplannableError(
      `${where} takes statements back or prepares them (ROLLBACK, PREPARE TRANSACTION): no plan can tell what is to stay.`,
      { nextCommand: `leave in ${this.#migration.path} only what is to be applied, and run the same command again` },
    );
  }

  #refuseTemporary(line: number): never {
    const where = `${this.#migration.path}:${line}`;
    throw new UnplannableError(
      `${where} makes a temporary table, which is gone with its session: steps run in sessions of their own, and after a crash in new ones.`,
      { nextCommand: `make it a table like any other in ${where}, drop it at the end, and run the same command again` },
    );
  }

  finish(): { readonly plan: MigrationPlan; readonly origins: readonly StepOrigin[] } {
    const last = this.#last;
    if (last !== null) for (const followed of this.#followed) this.#finishAll(endFollowing(followed), last, FOLLOWING);
    const { id, path, checksum, foreignLedgerRow } = this.#migration;
    const { steps, places } = mergeFreshSteps(this.#steps);
    const origins = this.#origins.map((origin, index) => ({
      path,
      step: steps[places[index] ?? 0]?.id ?? '',
      ...origin,
    }));
    return { plan: { id, path, checksum, foreignLedgerRow, steps }, origins };
  }

  /** `origin` is the statement of the file that the other one is a part of, or stands for. */
  #plan(statement: Statement, origin: Statement): void {
    if (this.#endFollowing(statement, origin)) return;
    const { line } = origin.span;
    const input = this.#recipeInput(statement);
    const index = missingIndex(statement, this.#later, this.catalog, input.isFresh);
    if (index !== null) this.#note(line, index);
    const { recipe, drafts } = this.#way(input, line);
    const said = this.#isSaidGoodbye(input) ? drafts.filter((one) => one.kind !== 'gate') : drafts;
    this.#finishAll(said, origin, recipe);
  }

  #finishAll(drafts: readonly StepDraft[], origin: Statement, recipe: RecipeName | null): void {
    const { line } = origin.span;
    this.#last = origin;
    for (const draft of drafts) {
      if (draft.kind === 'replan') {
        for (const one of this.#input.tools.parse(draft.sql)) this.#plan(one, origin);
      } else {
        this.#finish(draft, line);
        const isBounded = draft.kind === 'transaction' && draft.bounded === true;
        this.#origins.push({ statement: origin, recipe: isBounded ? null : recipe });
      }
    }
  }

  /** Triggers that a statement could not live with go before it, or with it; answers whether the statement is done. */
  #endFollowing(statement: Statement, origin: Statement): boolean {
    const ends = (wanted: string): readonly FollowedColumns[] =>
      this.#followed.filter((one) => endOfFollowing(statement, this.catalog, one) === wanted);
    const ending = ends('ends');
    const losing = ends('source-dropped');
    this.#followed = this.#followed.filter((one) => !ending.includes(one) && !losing.includes(one));
    for (const followed of ending) this.#finishAll(endFollowing(followed), origin, FOLLOWING);
    const { action } = statement;
    const command = action.kind === 'alter-table' ? action.commands[0] : undefined;
    const table = action.kind === 'alter-table' ? findRelation(this.catalog, action.name) : null;
    if (losing.length === 0 || command?.kind !== 'drop-column' || table?.kind !== 'table') return false;
    this.#finishAll(dropSource(table, command, losing), origin, FOLLOWING);
    for (const { table: key, dropped } of losing) for (const name of dropped) this.#saidGoodbye.add(`${key}.${name}`);
    return true;
  }

  #isSaidGoodbye({ statement: { action } }: RecipeInput): boolean {
    const command = action.kind === 'alter-table' ? action.commands[0] : undefined;
    if (action.kind !== 'alter-table' || command?.kind !== 'drop-column') return false;
    return this.#saidGoodbye.has(`${relationKey(resolveName(this.catalog, action.name))}.${command.column}`);
  }

  #way(
    input: RecipeInput,
    line: number,
  ): { readonly recipe: RecipeName | null; readonly drafts: readonly StepDraft[] } {
    const backfill = writtenBackfill(input.statement);
    if (backfill !== null) return { recipe: null, drafts: [backfill] };
    this.#refuseFailing(input, line);
    for (const recipe of RECIPES) {
      const drafts = recipe.plan(input);
      if (drafts !== null) return { recipe: recipe.name, drafts };
    }
    return { recipe: null, drafts: this.#withoutRecipe(input, line) };
  }

  #refuseFailing({ facts: { failure } }: RecipeInput, line: number): void {
    if (failure === null) return;
    const where = `${this.#migration.path}:${line}`;
    throw new UnplannableError(`${where} would fail on the server with ${failure.sqlstate}: ${failure.reason}.`, {
      nextCommand: `mend ${where} and run the same command again`,
    });
  }

  #withoutRecipe(input: RecipeInput, line: number): readonly StepDraft[] {
    const { facts } = input;
    const where = `${this.#migration.path}:${line}`;
    if (input.statement.action.kind === 'vacuum' && !input.statement.action.full) {
      return this.#leaveToAutovacuum(input.statement, line);
    }
    if (facts.transaction === 'outside-only') {
      throw new UnplannableError(
        `${where} cannot run in a transaction and is no index build, so no plan can resume it after a crash.`,
        {
          nextCommand: `take the statement out of ${this.#migration.path} and run it by hand, or leave it to autovacuum`,
        },
      );
    }
    const lost = leftBehind(input.statement, this.#later, this.catalog, (key) => this.#isFresh(key));
    if (lost !== null) this.#note(line, lost);
    const draft = asIs(input);
    if (draft.bounded === true) this.#note(line, draft.why);
    return [draft];
  }

  /** VACUUM changes nothing that a plan could prove, and cannot be taken up after a crash; what it counts can. */
  #leaveToAutovacuum({ action, sql }: Statement, line: number): readonly StepDraft[] {
    const analyzes = /\bANALY[SZ]E\b/i.test(sql);
    const tables = action.kind === 'vacuum' && analyzes ? action.tables : [];
    const kept = tables.length > 0 ? '; its ANALYZE is run' : analyzes ? ', and so is ANALYZE of all tables' : '';
    this.#note(line, `VACUUM is left to autovacuum, which does the same without a migration${kept}.`);
    if (tables.length === 0) return [];
    return [{ kind: 'replan', sql: `ANALYZE ${tables.map(quoteName).join(', ')}` }];
  }

  #finish(draft: Exclude<StepDraft, { kind: 'replan' }>, line: number): void {
    const place = { ordinal: this.#steps.length + 1, line, isFresh: (key: string) => this.#isFresh(key) };
    if (draft.kind === 'backfill') this.#warnOfTriggers(draft.table, line);
    if (draft.kind === 'transaction' && draft.note !== undefined) this.#note(line, draft.note);
    const finished = finishStep(draft, place, this.catalog, this.#input.tools);
    this.catalog = finished.catalog;
    this.#steps.push(withSettings(finished.step, this.#settings));
    if (draft.kind === 'transaction' && draft.follows !== undefined)
      this.#followed = [...this.#followed, draft.follows];
  }

  /** ALTER TABLE fires no trigger, a backfill does: an updated_at or an audit table would show it. */
  #warnOfTriggers(table: RelationKey, line: number): void {
    const triggers = tableOf(this.catalog, table)?.triggers.filter((one) => !one.name.startsWith('zzz_evenkeel')) ?? [];
    if (triggers.length === 0) return;
    const names = triggers.map((one) => one.name).join(', ');
    this.#note(
      line,
      `The backfill of ${table} updates rows, so its triggers (${names}) may fire for each of them; the naive statement fires none.`,
    );
  }

  #recipeInput(statement: Statement): RecipeInput {
    const facts = this.#input.tools.deriveFacts(statement, this.catalog);
    const { catalog } = this;
    const { version, tools } = this.#input;
    return {
      statement,
      facts,
      catalog,
      version,
      isFresh: (key) => this.#isFresh(key),
      isSteady: (expression) => tools.isSteady(expression, catalog),
    };
  }

  /** Made by this file, so nobody uses it yet. */
  #isFresh(key: RelationKey): boolean {
    return this.#before.relations[key] === undefined && this.catalog.relations[key] !== undefined;
  }

  /** Several brief commands on one table stay together: one short lock is better than three. */
  #isHarmless(statement: Statement): boolean {
    const { action } = statement;
    if (action.kind !== 'alter-table' || action.commands.length < 2) return false;
    const table = relationKey(nameForCreation(this.catalog, action.name));
    if (this.#isFresh(table)) return true;
    const brief = new Set([
      'set-default',
      'drop-default',
      'drop-not-null',
      'add-column',
      'set-statistics',
      'set-storage',
    ]);
    const facts = this.#input.tools.deriveFacts(statement, this.catalog);
    const isBrief = facts.rewrites.length === 0 && facts.scans.length === 0 && facts.certainty === 'known';
    return isBrief && action.commands.every((command) => brief.has(command.kind));
  }

  #assumeMissingTable(action: Action, statement: Statement): void {
    for (const reference of alteredTables(action)) {
      if (findRelation(this.catalog, reference) !== null || findIndex(this.catalog, reference) !== null) continue;
      const key = relationKey(nameForCreation(this.catalog, reference));
      if (this.#input.catalogIsComplete) {
        const where = `${this.#migration.path}:${statement.span.line}`;
        throw new UnplannableError(`${where} names ${key}, which does not exist on this server.`, {
          nextCommand: 'evenkeel status to see which migrations are applied',
        });
      }
      this.#note(statement.span.line, `${key} is not in the schema given; it is taken for an ordinary table in use.`);
      const assumed = { [key]: ordinaryTable(this.catalog, reference) };
      this.catalog = { ...this.catalog, relations: { ...this.catalog.relations, ...assumed } };
      // Somebody made it long ago: it is in use, not fresh.
      this.#before = { ...this.#before, relations: { ...this.#before.relations, ...assumed } };
    }
  }

  #note(line: number, note: string): void {
    const isSaid = this.notes.some((one) => one.line === line && one.note === note);
    if (!isSaid) this.notes.push({ path: this.#migration.path, line, note });
  }
}

function withSettings(step: Step, settings: readonly string[]): Step {
  if (step.kind !== 'transaction' || settings.length === 0) return step;
  const prefixed: TransactionStep = { ...step, sql: [...settings, ...step.sql] };
  return prefixed;
}

/** Commands in the order in which the server runs them, which is not always the one they stand in. */
function inOrder(statement: Statement): Statement {
  const { action } = statement;
  if (action.kind !== 'alter-table') return statement;
  return { ...statement, action: { ...action, commands: inPasses(action.commands) } };
}

function isTemporary(action: Action): boolean {
  if (action.kind === 'create-table') return action.persistence === 'temporary';
  const isMade = action.kind === 'create-table-as' || action.kind === 'create-view';
  return isMade && action.name.schema === TEMPORARY_SCHEMA;
}
