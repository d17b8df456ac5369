import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AcpSettings } from '../../services/agent-host/acp/acp-adapter.ts';
import type { InstalledAgents } from './install-agents.ts';

export type AgentName = 'OpenCode' | 'Qwen Code';
type Run = Pick<AcpSettings, 'command' | 'env' | 'home' | 'mode'>;

/**
 * How each agent is run, offline and with exactly one request to the model for each step: otherwise titles, memories and
 * suggestions add two or three.
 * @param home a folder of the agent’s own. @param api of the model.
 */
export function agentSettings(name: AgentName, agents: InstalledAgents, home: string, api: string): Run {
  return name === 'OpenCode' ? openCode(agents.opencode, home, api) : qwenCode(agents.qwen, home, api);
}

function openCode(program: string, home: string, api: string): Run {
  const limit = { context: 32_768, output: 4_096 };
  const model = { name: 'scripted', tool_call: true, attachment: false, limit };
  const config = {
    ...{ autoupdate: false, share: 'disabled', snapshot: false, lsp: false, formatter: false },
    ...{ model: 'local/scripted', small_model: 'local/scripted', enabled_providers: ['local'] },
    provider: {
      local: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Local',
        options: { baseURL: api, apiKey: 'none' },
        models: { scripted: model },
      },
    },
    agent: { title: { disable: true } },
    // It has no mode in which writes ask: this is what makes them.
    permission: { edit: 'ask', bash: 'ask', webfetch: 'deny', external_directory: 'deny' },
  };
  return {
    command: [program, 'acp', '--pure'],
    home,
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      // It installs a plugin at every start, and nothing turns that off: a registry that refuses makes it fail at once.
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    },
  };
}

function qwenCode(script: string, home: string, api: string): Run {
  const settings = {
    general: { disableAutoUpdate: true, enableAutoUpdate: false, disableUpdateNag: true },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'scripted', generationConfig: { contextWindowSize: 32_768 } },
    ui: { enableFollowupSuggestions: false },
    memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
  };
  mkdirSync(join(home, '.qwen'), { recursive: true });
  writeFileSync(join(home, '.qwen/settings.json'), JSON.stringify(settings));
  return {
    command: [process.execPath, script, '--acp'],
    home,
    mode: 'default',
    env: { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: api, OPENAI_MODEL: 'scripted', QWEN_CODE_NO_RELAUNCH: 'true' },
  };
}
