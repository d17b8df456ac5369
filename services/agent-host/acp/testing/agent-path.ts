export const AGENT = new URL('./scripted-agent.ts', import.meta.url).pathname;
