import { durableConformance } from './conformance.ts';
import { embeddedHarness } from './embedded-harness.ts';
import { replayingHarness } from './replaying-engine.ts';

durableConformance('the embedded engine', embeddedHarness);
durableConformance('a re-executing engine', replayingHarness);
