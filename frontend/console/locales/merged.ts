/** Put the files of one language together: `./domains.json` becomes the area `domains`. */

type Sentences = Record<string, string>;

export function merged(files: Record<string, unknown>): Record<string, Sentences> {
  const areas = Object.entries(files).map(([path, sentences]) => [
    path.replace(/^\.\/(.*)\.json$/, "$1"),
    sentences as Sentences,
  ]);
  return Object.fromEntries(areas) as Record<string, Sentences>;
}
