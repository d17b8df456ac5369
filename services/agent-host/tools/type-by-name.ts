import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  ...each('text/plain', 'txt log conf cfg ini toml diff patch sql'),
  ...each('text/markdown', 'md markdown'),
  ...each('text/html', 'html htm'),
  ...each('text/css', 'css'),
  ...each('text/csv', 'csv'),
  ...each('text/tab-separated-values', 'tsv'),
  ...each('text/xml', 'xml'),
  ...each('text/javascript', 'js mjs cjs'),
  ...each('text/x-typescript', 'ts tsx'),
  ...each('text/x-python', 'py'),
  ...each('text/x-shellscript', 'sh'),
  ...each('text/calendar', 'ics'),
  ...each('text/vcard', 'vcf'),
  ...each('application/json', 'json jsonl ipynb geojson'),
  ...each('application/yaml', 'yaml yml'),
  ...each('application/pdf', 'pdf'),
  ...each('application/rtf', 'rtf'),
  ...each('application/msword', 'doc'),
  ...each('application/vnd.ms-excel', 'xls'),
  ...each('application/vnd.ms-powerpoint', 'ppt'),
  ...each('application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'),
  ...each('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'),
  ...each('application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'),
  ...each('application/vnd.oasis.opendocument.text', 'odt'),
  ...each('application/vnd.oasis.opendocument.spreadsheet', 'ods'),
  ...each('application/vnd.oasis.opendocument.presentation', 'odp'),
  ...each('application/epub+zip', 'epub'),
  ...each('application/zip', 'zip'),
  ...each('application/gzip', 'gz tgz'),
  ...each('application/x-tar', 'tar'),
  ...each('application/x-7z-compressed', '7z'),
  ...each('image/png', 'png'),
  ...each('image/jpeg', 'jpg jpeg'),
  ...each('image/gif', 'gif'),
  ...each('image/webp', 'webp'),
  ...each('image/avif', 'avif'),
  ...each('image/heic', 'heic'),
  ...each('image/tiff', 'tif tiff'),
  ...each('image/bmp', 'bmp'),
  ...each('image/svg+xml', 'svg'),
  ...each('audio/mpeg', 'mp3'),
  ...each('audio/ogg', 'ogg opus oga'),
  ...each('audio/wav', 'wav'),
  ...each('audio/flac', 'flac'),
  ...each('audio/mp4', 'm4a'),
  ...each('video/mp4', 'mp4 m4v'),
  ...each('video/webm', 'webm'),
  ...each('video/quicktime', 'mov'),
  ...each('video/x-matroska', 'mkv'),
};
const BY_EXTENSION: ReadonlyMap<string, string> = new Map(Object.entries(TYPES));

/** The MIME type that the extension of a name says; the surface looks at the content itself and believes that. */
export function typeByName(name: string): string {
  return BY_EXTENSION.get(extname(name).slice(1).toLowerCase()) ?? 'application/octet-stream';
}

function each(type: string, extensions: string): Record<string, string> {
  return Object.fromEntries(extensions.split(' ').map((extension) => [extension, type]));
}
