const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const MARGIN = 24;

interface Ink {
  readonly color: string;
  readonly bold: boolean;
}

const PLAIN: Ink = { color: '#d6deeb', bold: false };
const COLORS: Readonly<Record<string, string>> = {
  '2': '#7f8ea3',
  '31': '#ff7a70',
  '32': '#6fdc8c',
  '33': '#ffd166',
  '34': '#79b8ff',
  '35': '#d2a8ff',
  '36': '#76e3ea',
  '90': '#7f8ea3',
};

/** What the escape codes of one line paint, piece by piece. */
function pieces(line: string): readonly { readonly text: string; readonly ink: Ink }[] {
  const found: { text: string; ink: Ink }[] = [];
  let ink = PLAIN;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  for (const part of line.split(/(\u001b\[[0-9;]*[A-Za-z])/)) {
    if (part.startsWith('\u001b[')) ink = nextInk(ink, part.slice(2, -1).split(';'));
    else if (part !== '') found.push({ text: part, ink });
  }
  return found;
}

function nextInk(ink: Ink, codes: readonly string[]): Ink {
  let next = ink;
  for (const code of codes) {
    if (code === '0' || code === '') next = PLAIN;
    else if (code === '1') next = { ...next, bold: true };
    else if (code === '22') next = { ...next, bold: false, color: PLAIN.color };
    else if (code === '39') next = { ...next, color: PLAIN.color };
    else next = { ...next, color: COLORS[code] ?? next.color };
  }
  return next;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Lines with the escape codes of colours, as an SVG; `label` says to those who cannot see it what it shows. */
export function terminalSvg(lines: readonly string[], label: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  const columns = Math.max(...lines.map((line) => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '').length));
  const width = Math.ceil(columns * CHARACTER_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = lines.map((line, row) => {
    const spans = pieces(line).map(({ text, ink }) => {
      const weight = ink.bold ? ' font-weight="bold"' : '';
      return `<tspan fill="${ink.color}"${weight}>${escapeXml(text)}</tspan>`;
    });
    return `<text x="${MARGIN}" y="${MARGIN + 14 + row * LINE_HEIGHT}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(label)}">
<rect width="100%" height="100%" rx="10" fill="#0f1724"/>
<g font-family="ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">
${rows.join('\n')}
</g>
</svg>
`;
}
