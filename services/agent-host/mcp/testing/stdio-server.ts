import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { type Script, scriptedServer } from './scripted-server.ts';

const script: Script = JSON.parse(process.env.SCRIPT ?? '{}');
if (script.start === 'exit') {
  process.stderr.write(`cannot read ${process.env.SECRET}\n`);
  process.exit(7);
}
if (script.isStubborn) {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 60_000);
}
if (script.start === 'silent') process.stdin.resume();
else if (script.isModern) serveStdio(() => scriptedServer(script), { legacy: 'reject' });
else await scriptedServer(script).connect(new StdioServerTransport());
