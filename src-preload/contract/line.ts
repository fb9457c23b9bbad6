/**
 * Last message on the line of a host that is a utility process. The other side closes the line when it has read it,
 * and the host ends when it sees that: what was sent before is then sure to have arrived.
 */
export const lastWord = 'offrec:last-word';
