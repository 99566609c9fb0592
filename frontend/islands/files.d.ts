/** What the build makes of a file that a script names: its address on our own server. */
declare module "*?url" {
  const address: string;
  export default address;
}
