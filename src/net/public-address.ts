import ipaddr from 'ipaddr.js';

/** Addresses that are public by their range and yet answer only to the machine itself: Azure's platform service. */
const platformServices = ['168.63.129.16'];

/** An address as resolved, IPv4 in IPv6 clothes (`::ffff:10.0.0.1`) undressed. */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(text);
}

/**
 * May anybody be reached at this address? Not: private, loopback, link-local (there the clouds keep their metadata), shared (100.64/10),
 * multicast, reserved, and every IPv6 range that stands for an IPv4 address (NAT64, 6to4, Teredo, mapped). IANA's special-purpose registries.
 */
export function isPublicAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (platformServices.includes(address.toString())) return false;
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(globalUnicast); // RFC 4291 §2.4: 2000::/3 is all there is so far
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
