// SPDX-License-Identifier: GPL-3.0-or-later
// Histories of events, in repositories that Git itself made.
#include "connectors/git/giteventhistory.h"
#include "tests/connectors/git/checkout.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using spillway::test::Checkout;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray others("  b.c:\n    producer: { team: t, service: s }\n");

EventHistoryQuestion questionOf(const Checkout& at, const QString& below = {})
{
    const QString folder = at.folder() + below;
    return {.eventType = u"a.b"_s,
            .folder = folder,
            .ownershipFile = folder + u"/ownership.yaml"_s,
            .catalogFile = folder + u"/catalog.yaml"_s,
            .schemasFolder = folder + u"/schemas"_s,
            .schemaFile = {}};
}

EventHistory historyOf(const EventHistoryQuestion& question)
{
    const auto history = GitEventHistory().historyOf(question, {});
    if (!history)
        qFatal("%s", qPrintable(history.error().detail));
    return *history;
}

/// `subject: changes`, newest first.
QStringList told(const EventHistory& history)
{
    QStringList lines;
    for (const EventCommit& commit : history.commits)
        lines += commit.subject + u": "_s + commit.changes.join(u"; "_s);
    return lines;
}

} // namespace

class GitEventHistoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void onlyCommitsThatTouchTheEvent();
    void whatIsNotCommitted();
    void mergesAreFollowedLikeGitDoes();
    void aFolderWithinTheRepository();
    void aSchemaWithAnotherName();
    void endsEarly();
    void shallowClones();
    void refusals();

private:
    [[nodiscard]] Checkout made() const
    {
        Checkout at(m_dir->filePath(u"shop"_s));
        at.git({u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
        at.write(u"README.md"_s, "shop");
        at.commit(u"begin"_s);
        at.write(u"ownership.yaml"_s, "events:\n  a.b:\n    producer: { team: t, service: s }\n" + others);
        at.write(u"catalog.yaml"_s, "catalog:\n  - event_type: a.b\n    avg_daily_volume: 100\n");
        at.write(u"schemas/a/a.b.v1.json"_s, "{}");
        at.commit(u"register it"_s);
        return at;
    }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void GitEventHistoryTest::onlyCommitsThatTouchTheEvent()
{
    const Checkout at = made();
    at.write(u"ownership.yaml"_s,
             "# a word\nevents:\n  a.b:\n    producer: { team: t, service: s }\n" + others + "  c.d:\n    x: 1\n");
    at.write(u"schemas/a/b.c.v1.json"_s, "{}");
    at.commit(u"somebody else's"_s);
    at.write(u"catalog.yaml"_s, "catalog:\n  - event_type: a.b\n    avg_daily_volume: 250\n");
    at.write(u"schemas/a/a.b.v2.json"_s, "{\"type\":\"object\"}");
    at.commit(u"grows\n\nand why"_s);
    at.git({u"mv"_s, u"schemas/a/a.b.v1.json"_s, u"schemas/a.b.v1.json"_s});
    at.commit(u"tidy"_s);
    at.remove(u"schemas/a.b.v1.json"_s);
    at.write(u"schemas/a/a.b.v2.json"_s, "{\"type\":\"array\"}");
    at.commit(u"away"_s);
    const EventHistory history = historyOf(questionOf(at));
    QCOMPARE(told(history),
             (QStringList{u"away: schema v2 edited; schema v1 removed"_s,
                          u"tidy: schema v1 moved from a/a.b.v1.json to a.b.v1.json"_s,
                          u"grows: schema v2 added; catalog: avg_daily_volume: 100 → 250"_s,
                          u"register it: schema v1 added; ownership: entry added; catalog: entry added"_s}));
    QCOMPARE(history.commits.front().commit, QString::fromLatin1(at.git({u"rev-parse"_s, u"HEAD"_s})));
    QCOMPARE(history.commits.front().author, u"T"_s);
    QCOMPARE(QByteArray::number(static_cast<qint64>(history.commits.front().at.time_since_epoch().count() / 1000)),
             at.git({u"log"_s, u"-1"_s, u"--format=%ct"_s}));
    QVERIFY(history.uncommitted.isEmpty() && history.note.isEmpty());
}

void GitEventHistoryTest::whatIsNotCommitted()
{
    const Checkout at = made();
    at.write(u"catalog.yaml"_s, "catalog:\n  - event_type: a.b\n    avg_daily_volume: 7\n");
    at.write(u"schemas/a/a.b.v2.json"_s, "{}");
    const EventHistory history = historyOf(questionOf(at));
    QCOMPARE(history.uncommitted, (QStringList{u"schema v2 added"_s, u"catalog: avg_daily_volume: 100 → 7"_s}));
    QCOMPARE(history.commits.size(), std::size_t{1});
}

void GitEventHistoryTest::mergesAreFollowedLikeGitDoes()
{
    const Checkout at = made();
    at.git({u"checkout"_s, u"-q"_s, u"-b"_s, u"side"_s});
    at.write(u"schemas/a/a.b.v2.json"_s, "{\"a\":1}");
    at.commit(u"on the side"_s);
    at.git({u"checkout"_s, u"-q"_s, u"main"_s});
    at.write(u"README.md"_s, "shop, open");
    at.commit(u"on main"_s);
    at.git({u"merge"_s, u"-q"_s, u"--no-ff"_s, u"-m"_s, u"merged"_s, u"side"_s});
    // The merge itself says nothing that the side did not say.
    QCOMPARE(told(historyOf(questionOf(at))),
             (QStringList{u"on the side: schema v2 added"_s,
                          u"register it: schema v1 added; ownership: entry added; catalog: entry added"_s}));
}

void GitEventHistoryTest::aFolderWithinTheRepository()
{
    Checkout at(m_dir->filePath(u"shop"_s));
    at.git({u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
    at.write(u"deep/er/catalog.yaml"_s, "- event_type: a.b\n");
    at.write(u"catalog.yaml"_s, "- event_type: a.b\n  domain: not ours\n");
    at.commit(u"both"_s);
    QCOMPARE(told(historyOf(questionOf(at, u"/deep/er"_s))), QStringList{u"both: catalog: entry added"_s});
}

void GitEventHistoryTest::aSchemaWithAnotherName()
{
    const Checkout at = made();
    at.write(u"elsewhere/thing.json"_s, "{}");
    at.commit(u"elsewhere"_s);
    EventHistoryQuestion question = questionOf(at);
    question.schemaFile = at.folder() + u"/elsewhere/thing.json"_s;
    const EventHistory history = historyOf(question);
    QCOMPARE(told(history).first(), u"elsewhere: schema elsewhere/thing.json added"_s);
    QVERIFY(history.uncommitted.isEmpty());
}

void GitEventHistoryTest::endsEarly()
{
    const Checkout at = made();
    for (int i = 0; i < 4; ++i) {
        at.write(u"schemas/a/a.b.v1.json"_s, "{\"v\":" + QByteArray::number(i) + "}");
        at.commit(u"edit"_s);
    }
    EventHistoryQuestion question = questionOf(at);
    question.mostCommits = 2;
    const EventHistory history = historyOf(question);
    QCOMPARE(history.commits.size(), std::size_t{2});
    QVERIFY2(history.note.contains(u"older commits are left out"_s), qPrintable(history.note));
    std::stop_source stopped;
    stopped.request_stop();
    const auto cancelled = GitEventHistory().historyOf(question, stopped.get_token());
    QVERIFY(!cancelled && cancelled.error().code == ErrorCode::Cancelled);
}

void GitEventHistoryTest::shallowClones()
{
    const Checkout at = made();
    at.write(u"schemas/a/a.b.v2.json"_s, "{}");
    at.commit(u"second"_s);
    at.write(u"README.md"_s, "later");
    at.commit(u"third"_s);
    const QString clone = m_dir->filePath(u"clone"_s);
    at.git({u"clone"_s, u"-q"_s, u"--depth"_s, u"2"_s, u"file://"_s + at.folder(), clone});
    const EventHistory history = historyOf(questionOf(Checkout(clone)));
    QVERIFY2(history.commits.empty(), qPrintable(told(history).join(u'\n'))); // what `second` changed is not known
    QVERIFY2(history.note.contains(u"--unshallow"_s), qPrintable(history.note));
}

void GitEventHistoryTest::refusals()
{
    const Checkout nowhere(m_dir->filePath(u"plain"_s));
    const auto none = GitEventHistory().historyOf(questionOf(nowhere), {});
    QVERIFY(!none && none.error().code == ErrorCode::NotFound);
    QVERIFY2(none.error().detail.contains(u"lies in no Git repository"_s), qPrintable(none.error().detail));
    nowhere.git({u"init"_s, u"-q"_s});
    const auto fresh = GitEventHistory().historyOf(questionOf(nowhere), {});
    QVERIFY(!fresh && fresh.error().code == ErrorCode::NotFound);
    QVERIFY2(fresh.error().detail.contains(u"no commit yet"_s), qPrintable(fresh.error().detail));
}

QTEST_GUILESS_MAIN(GitEventHistoryTest)
#include "tst_giteventhistory.moc"
