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
