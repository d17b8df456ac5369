/** Types that a name may say of a file that is text. The content tells text from other things, and seldom one text from another. */
const TEXT: Readonly<Record<string, string>> = {
  ...each('text/plain', 'txt text log conf cfg ini env properties diff patch tex srt'),
  ...each('text/markdown', 'md markdown'),
  ...each('text/html', 'html htm'),
  ...each('text/xml', 'xml xsd xsl'),
  ...each('text/css', 'css'),
  ...each('text/csv', 'csv'),
  ...each('text/tab-separated-values', 'tsv'),
  ...each('text/javascript', 'js mjs cjs'),
  ...each('text/vtt', 'vtt'),
  ...each('text/calendar', 'ics'),
  ...each('text/vcard', 'vcf'),
  ...each('text/x-python', 'py'),
  ...each('text/x-typescript', 'ts tsx jsx mts cts'),
  ...each('text/x-shellscript', 'sh bash zsh'),
  ...each('text/x-c', 'c h cc cpp hpp'),
  ...each('text/x-java', 'java kt'),
  ...each('text/plain', 'go rs rb php pl lua sql swift scala r toml vue svelte gradle tf proto graphql'),
  ...each('application/json', 'json jsonl ndjson map ipynb geojson'),
  ...each('application/yaml', 'yaml yml'),
};

/** Types that have no signature of their own, or one that they share: what the name may say, and in which container. */
const BINARY: Readonly<Record<string, { readonly mime: string; readonly container: string | null }>> = {
  doc: { mime: 'application/msword', container: 'application/x-cfb' },
  xls: { mime: 'application/vnd.ms-excel', container: 'application/x-cfb' },
  ppt: { mime: 'application/vnd.ms-powerpoint', container: 'application/x-cfb' },
  msg: { mime: 'application/vnd.ms-outlook', container: 'application/x-cfb' },
  docx: inZip('application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
  xlsx: inZip('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
  pptx: inZip('application/vnd.openxmlformats-officedocument.presentationml.presentation'),
  odt: inZip('application/vnd.oasis.opendocument.text'),
  ods: inZip('application/vnd.oasis.opendocument.spreadsheet'),
  odp: inZip('application/vnd.oasis.opendocument.presentation'),
  epub: inZip('application/epub+zip'),
  jar: inZip('application/java-archive'),
  parquet: { mime: 'application/vnd.apache.parquet', container: null },
};

const TEXT_MIMES: ReadonlySet<string> = new Set(Object.values(TEXT));

/** The type of a text by its name; else what was claimed, if that is one of a text; else undefined. */
export function textTypeByName(name: string, claimed: string | undefined): string | undefined {
  return TEXT[extensionOf(name)] ?? (claimed !== undefined && TEXT_MIMES.has(claimed) ? claimed : undefined);
}

/** The type of a file that is no text, by its name; with a container, only if files of the type come in that one. */
export function binaryTypeByName(name: string, container: string | null): string | undefined {
  const known = BINARY[extensionOf(name)];
  return known !== undefined && (container === null || known.container === container) ? known.mime : undefined;
}

/** Whether texts of this type are recognised by `family: 'text'`, though their type does not begin with `text/`. */
export function isTextType(mime: string): boolean {
  return mime.startsWith('text/') || TEXT_MIMES.has(mime);
}

function extensionOf(name: string): string {
  return /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

function each(mime: string, extensions: string): Record<string, string> {
  return Object.fromEntries(extensions.split(' ').map((extension) => [extension, mime]));
}

function inZip(mime: string): { mime: string; container: string } {
  return { mime, container: 'application/zip' };
}
