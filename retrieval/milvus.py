"""The VectorStore on Milvus: the same client talks to a cluster, a server, or Milvus Lite in a file.

Needs the packages of requirements-milvus.txt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from retrieval.encoder import Vectors
from retrieval.errors import StoreError
from retrieval.store import NONE, Matches, check_added, check_queries, ranked

__all__ = ["MilvusStore", "fill_milvus"]

_MOST = 16_383
"""Milvus refuses to give more than 16,384 matches or rows at once; one more is asked for, to see a tie."""

_STEP = 2_000


class MilvusStore:
    """A collection of a Milvus database: exact search (FLAT, inner product), read back as strongly consistent."""

    def __init__(self, dimension: int, uri: str, collection: str) -> None:
        """Open the collection, or make it. `uri` is `http://host:19530` or a path that ends in `.db`.

        Raises StoreError if the database cannot be reached or the collection has vectors of another dimension.
        """
        self.dimension, self._collection = dimension, collection
        self._client = _connected(uri)
        if not self._client.has_collection(collection):
            self._create()
        fields = self._client.describe_collection(collection)["fields"]
        stored = next(int(field["params"]["dim"]) for field in fields if field["name"] == "vector")
        if stored != dimension:
            raise StoreError(f"The collection '{collection}' has vectors of {stored}, not {dimension}.")
        self._client.load_collection(collection)

    def __len__(self) -> int:
        return self._count("")

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        numbers, vectors = check_added(np.asarray(self._known(ids), dtype=np.int64), ids, vectors, self.dimension)
        for at in range(0, len(numbers), _STEP):
            part = zip(numbers[at : at + _STEP].tolist(), vectors[at : at + _STEP], strict=True)
            self._client.insert(self._collection, [{"id": number, "vector": vector} for number, vector in part])

    def search(self, queries: Vectors, k: int, within: range | None = None) -> list[Matches]:
        """As VectorStore.search. Raises StoreError for a k above 16,383, which Milvus does not give."""
        queries = check_queries(queries, k, self.dimension)
        where = "" if within is None else f"id >= {within.start} and id < {within.stop}"
        size = self._count(where)
        if (k := min(k, size)) > _MOST:
            raise StoreError(f"k is {k}, but Milvus gives at most {_MOST}.")
        return [self._nearest(query, k, size, where) for query in queries] if k else [NONE] * len(queries)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        found = {row["id"]: row["vector"] for row in self._rows(ids, ["vector"])}
        if missing := [number for number in ids if number not in found]:
            raise StoreError(f"No vector has the id {missing[0]}.")
        return np.array([found[number] for number in ids], dtype=np.float32).reshape(len(ids), self.dimension)

    def drop(self) -> None:
        """Remove the collection from the database."""
        self._client.drop_collection(self._collection)

    def close(self) -> None:
        self._client.close()

    def _count(self, where: str) -> int:
        (row,) = self._client.query(self._collection, filter=where, output_fields=["count(*)"])
        return int(row["count(*)"])

    def _nearest(self, query: Vectors, k: int, size: int, where: str) -> Matches:
        # A tie at the cut could hide the smaller id: widen until the cut falls between two scores.
        width = min(size, k + 1)
        while True:
            (hits,) = self._client.search(
                self._collection, data=[query], filter=where, limit=width, output_fields=["id"]
            )
            scores = np.array([hit["distance"] for hit in hits], dtype=np.float32)
            if width == size or width > _MOST or scores[k - 1] > scores[-1]:
                return ranked(np.array([hit["id"] for hit in hits], dtype=np.int64), scores).first(k)
            width = min(size, 2 * width, _MOST + 1)

    def _known(self, ids: Sequence[int]) -> list[int]:
        return [int(row["id"]) for row in self._rows(ids, ["id"])]

    def _rows(self, ids: Sequence[int], fields: list[str]) -> Iterator[dict[str, Any]]:
        numbers = [int(number) for number in dict.fromkeys(ids)]
        for at in range(0, len(numbers), _STEP):
            yield from self._client.query(
                self._collection, ids=numbers[at : at + _STEP], output_fields=fields, consistency_level="Strong"
            )

    def _create(self) -> None:
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        index = self._client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="IP")
        self._client.create_collection(self._collection, schema=schema, index_params=index, consistency_level="Strong")


def fill_milvus(uri: str, key: str, vectors: Vectors) -> tuple[MilvusStore, dict[str, Any]]:
    """A collection of these vectors, numbered from 0, and what the manifest says of it.

    What a killed build left in the collection is dropped. Raises StoreError.
    """
    collection = f"verbatim_{key}"
    store = MilvusStore(vectors.shape[1], uri, collection)
    if len(store):
        store.drop()
        store = MilvusStore(vectors.shape[1], uri, collection)
    store.add(range(len(vectors)), vectors)
    return store, {"kind": "milvus", "collection": collection}


def _connected(uri: str) -> Any:
    try:
        from pymilvus import MilvusClient
        from pymilvus.exceptions import MilvusException
    except ImportError as error:
        raise StoreError("Milvus's client is not here: pip install -r requirements-milvus.txt.") from error
    try:
        return MilvusClient(uri)
    except MilvusException as error:
        raise StoreError(f"Milvus cannot be reached at {uri}: {error.message}.") from error
