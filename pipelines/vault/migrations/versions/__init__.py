"""One module per version of the vault's tables, each naming the one before."""
