"""Makes one month of departures and arrivals from the flights of the npm package vega-datasets.

    npm pack vega-datasets@3.2.1 && tar xzf vega-datasets-3.2.1.tgz
    pip install -r ../requirements.txt
    python prepare.py package/data/flights-3m.parquet 2001-01

The records are the US Department of Transportation's on-time performance data (public domain).
Times are local to the airport, written as UTC. The data do not contain the time of arrival. It is
assumed to be the departure plus half an hour, one hour per 480 miles, and the delay.
"""

import sys

import pandas as pd

from numbering import flight_ids


def main():
    source, month = sys.argv[1:]
    flights = pd.read_parquet(source)
    flights = flights[flights["date"].dt.strftime("%Y-%m") == month]
    flights = flights.dropna(subset=["date", "delay", "distance", "origin", "destination"])
    flights = flights.sort_values("date", kind="stable").reset_index(drop=True)
    flights["flight_id"] = flight_ids(month, len(flights))
    flights["departed_at"] = flights["date"]
    minutes = 30 + flights["distance"] // 8 + flights["delay"]
    flights["arrived_at"] = flights["date"] + pd.to_timedelta(minutes, unit="m")
    flights["delay_minutes"] = flights["delay"]
    write(flights, "departed_at", "distance", f"departures-{month}.csv.gz")
    arrivals = flights.sort_values("arrived_at", kind="stable")
    write(arrivals, "arrived_at", "delay_minutes", f"arrivals-{month}.csv.gz")


def write(flights, time, value, target):
    columns = ["flight_id", time, "origin", "destination", value]
    rows = flights[columns].assign(**{time: flights[time].dt.strftime("%Y-%m-%dT%H:%M:%SZ")})
    rows.to_csv(target, index=False)
    print(f"{target}: {len(rows):,} flights")


if __name__ == "__main__":
    main()
