"""The GraphQL API: types, resolvers of one expression, and the endpoint. Holds no SQL and decides nothing."""
