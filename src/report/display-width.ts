const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Nearly all text, told quickly: every letter takes one column. */
const NARROW = /^[ -~]*$/;
const NARROWER = /\p{Mn}|\p{Me}|\p{Cf}/u;

/**
 * How many columns of a terminal a text takes: two for wide letters of East Asia and emoji, none for combining marks.
 *
 * @example displayWidth('価格') // 4
 */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

function widthOf(character: string): number {
  if (character <= '\u02ff') return 1;
  if (NARROWER.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
