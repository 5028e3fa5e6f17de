/**
 * Loaded before the program: where a failpoint would stop the process by SIGSTOP, the event loop is blocked instead for
 * EVENKEEL_FAULT_BLOCK_MS. The process lives and its sockets stay open; it only hears and says nothing.
 */
const blockMs = Number(process.env['EVENKEEL_FAULT_BLOCK_MS']);
const kill = process.kill.bind(process);

process.kill = (pid: number, signal?: string | number): true => {
  if (pid !== process.pid || signal !== 'SIGSTOP') return kill(pid, signal);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  return true;
};
