#pragma once

#include <QByteArrayList>
#include <QRandomGenerator>
#include <QtGlobal>

/// What tests that throw dice share.
namespace parterre::tests {

/// The seed of this run: PARTERRE_SEED where a run is to be repeated. It is always printed.
inline quint32 testSeed()
{
    bool given = false;
    const uint wanted = qEnvironmentVariable("PARTERRE_SEED").toUInt(&given);
    const quint32 seed = given ? wanted : QRandomGenerator::system()->generate();
    qInfo("seed %u; PARTERRE_SEED=%u repeats this run", seed, seed);
    return seed;
}

/// A JSON document with a few bytes or pieces of it changed.
inline QByteArray spoiled(QByteArray bytes, QRandomGenerator &random)
{
    static const QByteArrayList pieces{"null", "-1",  "1e300", "\"\"",      "[]",          "{}",
                                       "true", "0.5", "[[[",   "\"\\",      "\"\\ud800\"", "{\"x\":1,\"y\":2}",
                                       ",",    "}",   "\xff",  "\"Stalls\""};
    for (int i = random.bounded(1, 5); i > 0 && !bytes.isEmpty(); --i) {
        const int at = random.bounded(static_cast<int>(bytes.size()));
        if (random.bounded(2) == 0)
            bytes[at] = static_cast<char>(random.bounded(256));
        else
            bytes.replace(at, random.bounded(12), pieces.at(random.bounded(static_cast<int>(pieces.size()))));
    }
    return bytes;
}

} // namespace parterre::tests
