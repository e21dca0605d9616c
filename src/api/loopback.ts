import { isIP } from 'node:net';

/** Whether only this machine can reach the address (RFC 1122 3.2.1.3, RFC 4291 2.5.3). A name counts only when it is `localhost`. */
export function isLoopbackHost(host: string): boolean {
  switch (isIP(host)) {
    case 4:
      return host.startsWith('127.');
    case 6:
      return /^(0{0,4}:){2,7}0{0,3}1$/.test(host);
    default:
      return host === 'localhost' || host.endsWith('.localhost');
  }
}
