import pico from 'picocolors';
import type { Paint } from '../report/paint.ts';
import type { CliContext, OutputStream } from './context.ts';

/** Colours for a stream: FORCE_COLOR wins over NO_COLOR, both win over what the stream is; a dumb terminal has none. */
export function paintFor(stream: OutputStream, env: CliContext['env']): Paint {
  return pico.createColors(wantsColor(stream, env));
}

function wantsColor(stream: OutputStream, env: CliContext['env']): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stream.isTerminal;
}
