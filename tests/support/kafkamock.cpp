// parterre-kafkamock: librdkafka's own mock cluster of one broker as a process, so that it can be away while those who
// talk to it are not. Prints `kafka: HOST:PORT` when it listens; reads `down` and `up` and answers each with `ok`; ends
// with its standard input. It keeps its topics while the broker is down.

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

constexpr int brokerId = 1;

[[noreturn]] void fail(const std::string &why)
{
    std::fprintf(stderr, "parterre-kafkamock: %s\n", why.c_str());
    std::exit(1);
}

} // namespace

int main(int argc, char *argv[])
{
    const char *topic = argc > 1 ? argv[1] : "parterre.facts";
    const int partitions = argc > 2 ? std::atoi(argv[2]) : 3;
    std::array<char, 512> why{};
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why.data(), why.size());
    if (!client)
        fail(why.data());
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(client, 1);
    if (!cluster)
        fail("the cluster cannot be made");
    if (const auto made = rd_kafka_mock_topic_create(cluster, topic, partitions, 1); made != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail(rd_kafka_err2str(made));
    std::cout << "kafka: " << rd_kafka_mock_cluster_bootstraps(cluster) << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        auto done = RD_KAFKA_RESP_ERR__INVALID_ARG;
        if (line == "down")
            done = rd_kafka_mock_broker_set_down(cluster, brokerId);
        else if (line == "up")
            done = rd_kafka_mock_broker_set_up(cluster, brokerId);
        if (done != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail(line + ": " + rd_kafka_err2str(done));
        std::cout << "ok" << std::endl;
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
}
