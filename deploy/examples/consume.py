"""Prints records of a topic as JSON lines, with Confluent's Python client only.

    apt install python3-confluent-kafka python3-avro python3-requests
    python3 consume.py localhost:9092 http://localhost:8081/apis/ccompat/v7 millrace.payments.predictions [N]
"""

import json
import sys
import uuid

from confluent_kafka.avro import AvroConsumer


def main():
    brokers, registry, topic = sys.argv[1:4]
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    consumer = AvroConsumer(
        {
            "bootstrap.servers": brokers,
            "schema.registry.url": registry,
            "group.id": f"consume-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        },
        # Keys are plain text.
        reader_key_schema=None,
    )
    consumer.subscribe([topic])
    count = 0
    while limit is None or count < limit:
        message = poll(consumer)
        # Records without a value are tombstones, or in the topics of predictions and outcomes progress.
        if message is not None and message.value() is not None:
            print(json.dumps(message.value(), default=str))
            count += 1
    consumer.close()


def poll(consumer):
    # AvroConsumer.poll would also decode the key as Avro.
    message = super(AvroConsumer, consumer).poll(1.0)
    if message is None:
        return None
    if message.error():
        raise SystemExit(str(message.error()))
    if message.value() is not None:
        message.set_value(consumer._serializer.decode_message(message.value(), is_key=False))
    return message


if __name__ == "__main__":
    main()
