/**
 * Loaded before the program: moves its clock by EVENKEEL_FAULT_SHIFT_MS, EVENKEEL_FAULT_SHIFT_AFTER_MS after its start, as
 * a correction of the system's time does. `performance.now()` counts on, since that clock cannot be set.
 */
const shiftMs = Number(process.env['EVENKEEL_FAULT_SHIFT_MS']);
const shiftAfterMs = Number(process.env['EVENKEEL_FAULT_SHIFT_AFTER_MS']);
const RealDate = Date;

function shifted(): number {
  return RealDate.now() + (performance.now() > shiftAfterMs ? shiftMs : 0);
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: readonly unknown[]) =>
    Reflect.construct(target, given.length === 0 ? [shifted()] : [...given]) as Date,
  get: (target, name, receiver) => (name === 'now' ? shifted : (Reflect.get(target, name, receiver) as unknown)),
});
