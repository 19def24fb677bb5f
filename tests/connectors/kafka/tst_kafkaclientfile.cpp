// SPDX-License-Identifier: GPL-3.0-or-later
// What a client file says about sizes: the library takes it together with what we set. No broker is asked.
#include "connectors/kafka/recordsource.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/site.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr qint64 mebi = 1 << 20;

class NoSecrets final : public SecretStore
{
public:
    [[nodiscard]] Result<Secret> resolve(const SecretReference&) override
    {
        return fail(ErrorCode::NotFound, u"there are none"_s);
    }
};

ConnectionSettings settingsWith(const std::vector<ClientProperty>& properties)
{
    ConnectionSettings settings;
    settings.name = u"test"_s;
    settings.bootstrapServers = QStringList{u"127.0.0.1:1"_s};
    settings.clientProperties = properties;
    return settings;
}

} // namespace

class KafkaClientFileTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneAnswerIsAsLargeAsTheFileLetsItBe_data()
    {
        QTest::addColumn<std::vector<ClientProperty>>("properties");
        QTest::addColumn<std::optional<qint64>>("bytes");
        using Properties = std::vector<ClientProperty>;
        const auto row = [](const char* name, const Properties& properties, std::optional<qint64> bytes) {
            QTest::newRow(name) << properties << bytes;
        };
        const auto number = [](qint64 value) { return QString::number(value); };
        row("it says nothing", {}, 16 * mebi);
        row("messages may be larger than our bound", {{u"message.max.bytes"_s, number(32 * mebi)}}, 32 * mebi);
        row("messages are small", {{u"message.max.bytes"_s, number(mebi)}}, 16 * mebi);
        row("little is let in", {{u"receive.message.max.bytes"_s, number(4 * mebi)}}, 4 * mebi - 512);
        row("much is let in", {{u"receive.message.max.bytes"_s, number(100 * mebi)}}, 16 * mebi);
        row("it says how much",
            {{u"fetch.max.bytes"_s, number(2 * mebi)}, {u"receive.message.max.bytes"_s, number(3 * mebi)}},
            std::nullopt);
        row("it says that much is fetched", {{u"fetch.max.bytes"_s, number(40 * mebi)}}, std::nullopt);
    }
    void oneAnswerIsAsLargeAsTheFileLetsItBe()
    {
        QFETCH(std::vector<ClientProperty>, properties);
        QFETCH(std::optional<qint64>, bytes);
        const ConnectionSettings settings = settingsWith(properties);
        QCOMPARE(kafka::largestFetch(settings), bytes);
        NoSecrets secrets;
        const SystemClock clock;
        for (const auto appetite : {KafkaRecordSource::Appetite::Stream, KafkaRecordSource::Appetite::Sip}) {
            KafkaRecordSource source(std::make_shared<kafka::Site>(settings, &secrets, &clock), appetite);
            const Status opened = source.assign({}); // opens its clients, and asks for nothing
            QVERIFY2(opened.has_value(), opened ? "" : qPrintable(opened.error().detail));
        }
    }

    void boundsThatContradictEachOtherAreTold()
    {
        NoSecrets secrets;
        const SystemClock clock;
        const ConnectionSettings settings = settingsWith({{u"message.max.bytes"_s, QString::number(8 * mebi)},
                                                          {u"receive.message.max.bytes"_s, QString::number(4 * mebi)}});
        KafkaRecordSource source(std::make_shared<kafka::Site>(settings, &secrets, &clock));
        const Status opened = source.assign({});
        QCOMPARE(opened.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(opened.error().detail.contains(u"receive.message.max.bytes"_s), qPrintable(opened.error().detail));
    }
};

QTEST_GUILESS_MAIN(KafkaClientFileTest)
#include "tst_kafkaclientfile.moc"
