/** Nearly all text, told quickly. */
const PLAIN = /^[\t\n\r -~]*$/;

/**
 * Text without characters that would steer a terminal or turn the direction of writing: a name in a migration may hold
 * anything. Line breaks and tabs stay.
 */
export function printableText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu,
    '\ufffd',
  );
}
