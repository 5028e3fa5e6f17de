import type { ServerNotice } from '../db/postgres.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import { redactQuery } from './redact-query.ts';

export type NoticeTeller = (notice: ServerNotice, session: 'control' | 'worker') => void;

/** What our own ROLLBACK after a failure, or BEGIN inside a block, is answered with: it says nothing to anybody. */
const OUR_OWN: ReadonlySet<string> = new Set(['25P01', '25001']);

/** A statement that warns for each row must not flood the run. */
const MOST_NOTES = 50;

/**
 * Passes on what the server says beside its answers, each sentence once, without literals: whatever the worker's
 * statements are told, and warnings on the control session.
 */
export function noteNotices(emit: (event: RunEventDetail) => void): NoticeTeller {
  const told = new Set<string>();
  return ({ severity, sqlstate, message, detail }, session) => {
    // The class of the code says the same on a server that speaks another language.
    const isWarning = severity === 'WARNING' || sqlstate.startsWith('01');
    if (OUR_OWN.has(sqlstate) || (session === 'control' && !isWarning)) return;
    const text = [message, detail].flatMap((part) => redactQuery(part) ?? []).join(' ');
    const note = `The server says${isWarning ? ', as a warning' : ''}: ${text}`;
    if (told.has(note) || told.size >= MOST_NOTES) return;
    told.add(note);
    emit({ type: 'run:note', note });
  };
}
