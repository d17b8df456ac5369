/** What `--help` adds to `ops-user`. */
export const OPS_USER_HELP = `
Accounts of the operator's page, beside the one of OPS_USER and OPS_PASSWORD. They are for people who log in with a password;
whoever comes through a proxy or an issuer of OpenID Connect needs none.

  ops-user add <name> [--role reader|operator]   a new one; without --role it is a reader
  ops-user list [--json]                         who there is
  ops-user role <name> reader|operator           what they may do from now on
  ops-user password <name>                       another password; their sessions end
  ops-user remove <name>                         their sessions end

A reader looks at everything and changes nothing; an operator also acts. A change holds within 15 seconds, in all processes, also
for those who are logged in. Each stands in the audit.

A name is 1 to 64 small letters, digits and . _ - (not in front). A password has 12 characters or more; it is asked for twice
at a terminal, and otherwise read as one line from stdin:

  npm run --silent surfaces -- ops-user add ann --role operator < file-with-the-password

Exit codes: 0 done · 1 it failed, there is one of that name already, or none · 64 wrong usage, or a password that is too weak
`;
