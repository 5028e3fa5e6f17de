import type { WaitNode } from '../model/wait-forest.ts';
import type { WatchState } from '../model/watch-state.ts';
import type { Piece } from './fit-line.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';
import { waitNodeText } from './wait-text.ts';
import { blockerText } from './watch-verdict.ts';

type Line = readonly Piece[];

interface Drawing {
  readonly lines: Line[];
  readonly paint: Paint;
  /** How many lines may come. */
  readonly room: number;
  /** Sessions for which there was no line. */
  leftOut: number;
}

/** The trees of who waits for whom, in at most `count` lines; whoever finds no room is counted in the last one. */
export function waitLines(state: WatchState, count: number, paint: Paint): readonly Line[] {
  const lettingGo = lettingGoLines(state, paint);
  const whole = draw(state.waits.roots, count - lettingGo.length, paint);
  if (whole.leftOut > 0) {
    const some = draw(state.waits.roots, count - lettingGo.length - 1, paint);
    const rest = `  ... and ${countText(some.leftOut, 'more session')}`;
    return [...lettingGo, ...some.lines, [{ text: rest, style: paint.dim }]].slice(0, count);
  }
  if (lettingGo.length + whole.lines.length > 0) return [...lettingGo, ...whole.lines].slice(0, count);
  return [[{ text: '  Nobody waits for a lock.', style: paint.dim }]];
}

/** The run stands in no queue then, so the lock tables know nothing of it. */
function lettingGoLines({ lettingGo }: WatchState, paint: Paint): readonly Line[] {
  if (lettingGo === null) return [];
  return lettingGo.blockers.flatMap((blocker): readonly Line[] => {
    const query = blocker.query === null || blocker.query === '' ? '' : `: ${blocker.query}`;
    const holds = `${blockerText(blocker)}, holds ${blocker.mode} on ${blocker.relation}${query}`;
    return [
      [{ text: `  ${holds}` }],
      [{ text: '  `- ' }, { text: 'the run, not asking yet: nobody queues behind it', style: paint.yellow }],
    ];
  });
}

function draw(roots: readonly WaitNode[], room: number, paint: Paint): Drawing {
  const drawing: Drawing = { lines: [], paint, room, leftOut: 0 };
  for (const root of roots) drawNode(drawing, root, '  ', '  ');
  return drawing;
}

function drawNode(drawing: Drawing, node: WaitNode, indent: string, below: string): void {
  if (drawing.lines.length >= drawing.room) {
    drawing.leftOut += node.count + node.behind;
    return;
  }
  const { paint } = drawing;
  const style = node.isRun ? paint.yellow : node.isInDeadlock ? paint.red : undefined;
  const text = waitNodeText(node);
  drawing.leftOut += node.behind - node.children.reduce((total, { count, behind }) => total + count + behind, 0);
  drawing.lines.push([{ text: indent }, style === undefined ? { text } : { text, style }]);
  for (const [at, child] of node.children.entries()) {
    const isLast = at === node.children.length - 1;
    drawNode(drawing, child, `${below}${isLast ? '`- ' : '|- '}`, `${below}${isLast ? '   ' : '|  '}`);
  }
}
