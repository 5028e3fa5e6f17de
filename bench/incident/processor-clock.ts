import os from 'node:os';

/**
 * Begins to watch how busy the processors of the machine are. The function that comes back answers the share of time,
 * 0 to 1, that they were not idle since then; 0 where the machine does not tell.
 */
export function startProcessorClock(): () => number {
  const before = processorTimes();
  return () => {
    const after = processorTimes();
    const all = after.all - before.all;
    return all <= 0 ? 0 : 1 - (after.idle - before.idle) / all;
  };
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
