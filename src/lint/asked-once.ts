/**
 * Remembers the answer for the input that was asked about last: rules come one after the other to the same statement, and
 * many of them ask the same of it.
 */
export function askedOnce<Input extends object, Answer>(answer: (input: Input) => Answer): (input: Input) => Answer {
  let last: { readonly input: Input; readonly answer: Answer } | null = null;
  return (input) => {
    if (last?.input !== input) last = { input, answer: answer(input) };
    return last.answer;
  };
}
