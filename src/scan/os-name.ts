/** PRETTY_NAME (or NAME) of an os-release text, bounded; '' when there is none (os-release(5)). */
export function osNameOf(text: string): string {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(0, 200)) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line.trim());
    if (match !== null) values.set(match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '');
  }
  return (values.get('PRETTY_NAME') ?? values.get('NAME') ?? '').slice(0, 200);
}
