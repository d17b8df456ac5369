// Why this exists: see package.json. matrix-bot-sdk throws at import where this module is missing.
module.exports = { StoreType: { Sled: 0, Sqlite: 1 } };
