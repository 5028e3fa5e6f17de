/** Lines of reports are at most this long, code units; a word that is longer than a line keeps its length. */
export const LINE_WIDTH = 110;

/**
 * Breaks text into lines at spaces. `indent` stands before every line but the first, and counts.
 *
 * @example wrapText('one two', 5, '') // ['one', 'two']
 */
export function wrapText(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length + indent.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines.map((content, index) => (index === 0 ? content : `${indent}${content}`));
}

/**
 * A name and its text as one paragraph: the name in a column of its own, the text wrapped beside it.
 *
 * @example labelled('why', 'because', '  ', 6) // '  why   because'
 */
export function labelled(label: string, text: string, indent: string, labelWidth: number): string {
  const hanging = indent + ' '.repeat(labelWidth);
  return `${indent}${label.padEnd(labelWidth)}${wrapText(text, LINE_WIDTH, hanging).join('\n')}`;
}

/** SQL on one line, cut short where it is long: enough to know which statement is meant. */
export function shortSql(sql: string, width: number): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, width - 3)}...`;
}
