/**
 * Makes what an agent names its calls and questions fit for people: without secrets, and with the files of the workspace as
 * people know them. Some agents leave out the `/` in front.
 * @param workspace absolute.
 */
export function shownTo(workspace: string, withoutSecrets: (text: string) => string): (text: string) => string {
  const prefix = `${workspace.replace(/\/+$/, '')}/`;
  return (text) => withoutSecrets(text.replaceAll(prefix, '').replaceAll(prefix.slice(1), ''));
}
