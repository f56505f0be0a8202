/** The service that both sides call: Anthropic's stand-in, in a process of its own. */
import { startAnthropicStandIn } from '../demo/anthropic-stand-in.ts';

const { url } = await startAnthropicStandIn({ apiKey: 'sk-ant-bench' });
console.log(JSON.stringify({ url }));
