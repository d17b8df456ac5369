/** The one door to the Agent Client Protocol’s SDK: its stable version 1, over streams of lines. */
export {
  type AnyMessage,
  agent,
  client,
  MessageTooLargeError,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';
