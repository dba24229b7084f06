"""The door: what people and programs can ask of Rolodock over HTTP."""
