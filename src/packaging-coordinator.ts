import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { packagingPorts, type PackagingPortsSettings } from './packaging-ports.js';
import { embeddedPackager } from './publish/egress/embedded-packager/embedded-packager.js';
import { serveCoordinator } from './publish/egress/embedded-packager/serve-coordinator.js';
import { spawnThread } from './publish/egress/embedded-packager/spawn-thread.js';
import { threadedEngine } from './publish/egress/embedded-packager/threaded-engine.js';

/** The composition root of the coordinating thread of a server: its own stores, and packaging threads under it. */
if (!parentPort) throw new Error('packaging-coordinator runs in a worker thread');
const settings = workerData as PackagingPortsSettings;
const { openStore } = packagingPorts({ ...settings, dedicated: false });
const engine = threadedEngine({
  threads: availableParallelism(),
  spawn: () => spawnThread('packaging-thread', { ...settings, dedicated: true }),
});
serveCoordinator(parentPort, embeddedPackager({ openStore, engine }));
