/** The yardstick for readers of router output: hands over each whole line and does nothing else. */
export function createSplitter(onLine: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = '';
  return {
    push(chunk) {
      const text = rest + chunk;
      let from = 0;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
        onLine(text.slice(from, at));
        from = at + 1;
      }
      rest = text.slice(from);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
