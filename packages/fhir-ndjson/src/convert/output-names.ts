const EXTENSION = '.ndjson';

/**
 * Returns the name of the output file for each input file. HealthLake imports only files whose names end in .ndjson, in lower case. If several input files would
 * get the same name, each keeps its extension in the name, unless it has this name already.
 */
export function outputNames(names: readonly string[]): Map<string, string> {
  const wanted = new Map(names.map((name) => [name, name.replace(/\.gz$/i, '').replace(/\.(?:json|jsonl|ndjson)$/i, '') + EXTENSION]));
  const wishes = new Map<string, number>();
  for (const name of wanted.values()) {
    wishes.set(name, (wishes.get(name) ?? 0) + 1);
  }
  const taken = new Set(names.filter((name) => wanted.get(name) === name));
  return new Map([...wanted].map(([name, wish]) => {
    if (wish === name) {
      return [name, name];
    }
    let to = wishes.get(wish) === 1 ? wish : name + EXTENSION;
    while (taken.has(to)) {
      to = to.slice(0, -EXTENSION.length) + EXTENSION.repeat(2);
    }
    taken.add(to);
    return [name, to];
  }));
}
