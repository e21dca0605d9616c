import { register } from 'tsx/esm/api';

// `--import tsx` registers itself in the main thread only; packaging threads under test are TypeScript too.
register();
