/** Bytes that are no RESP: nothing that follows on that connection can be trusted to begin where it seems to. */
export class RespFault extends Error {}
