"""Publishes events, one JSON object per line of standard input, with Confluent's Python client.

    pip install 'confluent-kafka[avro,schemaregistry]'
    python3 publish.py localhost:9092 http://localhost:8081/apis/ccompat/v7 \
        departures origin < departures.jsonl

The arguments are the brokers, the registry, the topic of the source and its key field. A time is a
number in the unit of the schema's field, such as milliseconds since 1970.
"""

import json
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext


def main():
    brokers, registry, topic, key = sys.argv[1:5]
    serialize = AvroSerializer(
        SchemaRegistryClient({"url": registry}),
        # The schema that the pipeline has registered. A file with the same schema would be looked up
        # by its text, which differs by blanks and the order of attributes.
        conf={"auto.register.schemas": False, "use.latest.version": True},
    )
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "enable.idempotence": True,  # implies acks=all
            # The partitions of the Java client; with others ingest works too, by one more hop.
            "partitioner": "murmur2_random",
        }
    )
    failures = []
    for line in sys.stdin:
        event = json.loads(line)
        producer.produce(
            topic,
            key=str(event[key]),
            value=serialize(event, SerializationContext(topic, MessageField.VALUE)),
            headers={"millrace.producer": "publish.py"},
            on_delivery=lambda error, message: failures.append(error) if error else None,
        )
        producer.poll(0)
    producer.flush()
    if failures:
        sys.exit(f"{len(failures)} events were not delivered, the first because of: {failures[0]}")


if __name__ == "__main__":
    main()
