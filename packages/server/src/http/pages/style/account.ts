/** The account page: sections in a column, with their list beside them where there is room. */
export const account = `
`;
