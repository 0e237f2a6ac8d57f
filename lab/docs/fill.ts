/**
 * Puts each text between its two markers, `<!-- NAME: … -->` and `<!-- /NAME -->`; everything else stays as it is.
 * @throws Error if a text has no markers
 */
export function fill(document: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((filled, [name, text]) => {
    const place = new RegExp(`(?<=<!-- ${name}: [^\\n]*-->\\n).*?(?=<!-- /${name} -->)`, "s");
    if (!place.test(filled))
      throw new Error(
        `${name}: no markers: must have its place in the document; write \`<!-- ${name}: npm run docs -->\` and \`<!-- /${name} -->\` there`,
      );
    return filled.replace(place, () => `\n${text}\n\n`);
  }, document);
}
