/**
 * A value without the passwords that SQL may quote: in connection strings (a dblink call, say) inside functions, views
 * and defaults. Everything else stays as it is.
 *
 * @example withoutSecrets("dblink('host=b password=hunter2')") // "dblink('host=b password=***')"
 */
export function withoutSecrets<Value>(value: Value): Value {
  return deep(value) as Value;
}

function deep(value: unknown): unknown {
  if (typeof value === 'string') return redacted(value);
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deep(one)]));
}

function redacted(text: string): string {
  if (!text.includes('://') && !/password/i.test(text)) return text;
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*):[^\s@'"]*@/gi, '$1:***@')
    .replace(
      /\b((?:ssl)?password\s*=\s*)(''[^']*''|[^\s'"&;)]+)/gi,
      (found: string, label: string, _: string, at: number) => (isConnectionString(text, at) ? `${label}***` : found),
    )
    .replace(/\b(password\s+)('[^']*'|''[^']*'')/gi, "$1'***'");
}

/** A column may be called so too: next to it there is the host, the user or the database of a connection. */
function isConnectionString(text: string, at: number): boolean {
  const around = text.slice(Math.max(0, at - 200), at + 200);
  return /\b(host|hostaddr|dbname|user|sslmode)\s*=/i.test(around) || /:\/\//.test(around);
}
