"""Where objects lie: a folder by default, any store that obstore knows by URL."""

from models.storage.object_store import ObjectStore, StoredObject, make_object_store

__all__ = ["ObjectStore", "StoredObject", "make_object_store"]
