// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/git/gitschemahistory.h"
#include "model/compatibility/basecheck.h"
#include "tests/connectors/git/checkout.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using spillway::test::Checkout;
using namespace Qt::Literals::StringLiterals;

namespace {

/// An object with these properties, padded so that Git sees how alike two are.
QByteArray object(const QByteArray& properties, const QByteArray& required = {})
{
    return R"({
  "type": "object",
  "title": "An order of the shop, as the shop tells it to everybody who listens",
  "description": "Sent once per order, after the payment is known to be good",
  "properties": {
)" + properties +
           R"(
  },
  "required": [)" +
           required +
           R"(]
}
)";
}
const QByteArray orderV1 = object(R"(    "id": {"type": "string"},
    "total": {"type": "number"})",
                                  R"("id")");
const QByteArray orderV2 = object(R"(    "id": {"type": "string"},
    "total": {"type": "number"},
    "note": {"type": "string"})",
                                  R"("id")");
const QByteArray orderV3 = object(R"(    "id": {"type": "string"},
    "total": {"type": "string"})",
                                  R"("id", "total")");

CompatibilityReport check(const Checkout& at, const QString& revision, CompatibilityOptions options = {})
{
    options.today = QDate(2026, 11, 26);
    const GitSchemaHistory history;
    const auto report = checkCompatibilitySince(history, at.schemas(), revision, options);
    if (!report)
        qFatal("%s", qPrintable(report.error().detail));
    return *report;
}

/// `kind event from>to verdict`, of changes that say something.
QStringList told(const CompatibilityReport& report)
{
    QStringList lines;
    for (const SchemaChange& change : report.changes)
        lines.append(u"%1 %2 %3>%4 %5"_s.arg(change.difference.kind, change.eventType)
                         .arg(change.from)
                         .arg(change.to)
                         .arg(changeVerdictWord(change.verdict)));
    return lines;
}

} // namespace

class TstGitSchemaHistory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nothingChanged();
    void newVersions();
    void mainMovedOn();
    void editedVersions();
    void sharedFiles();
    void deletedAndRenamed();
    void movedFolders();
    void eventWithAnotherName();
    void uncommittedFiles();
    void newFolder();
    void topOfTheRepository();
    void oddNames();
    void refusals();
    void shallowClones();

private:
    [[nodiscard]] Checkout made(const QString& name = u"shop"_s) const
    {
        Checkout at(m_dir->filePath(name));
        at.git({u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
        at.write(u"schemas/order/order.created.v1.json"_s, orderV1);
        at.write(u"schemas/order/order.created.v2.json"_s, orderV2);
        at.write(u"README.md"_s, "shop");
        at.commit(u"the first"_s);
        at.git({u"checkout"_s, u"-q"_s, u"-b"_s, u"work"_s});
        return at;
    }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TstGitSchemaHistory::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TstGitSchemaHistory::nothingChanged()
{
    const Checkout at = made();
    const GitSchemaHistory history;
    const auto base = history.baseOf(at.schemas(), u"main"_s);
    QVERIFY(base.has_value());
    QCOMPARE(base->commit.toLatin1(), at.git({u"rev-parse"_s, u"main"_s}));
    QCOMPARE(base->files.size(), 2U);
    QCOMPARE(base->files.at(u"order/order.created.v1.json"_s), orderV1);
    QVERIFY(base->moved.empty());
    QVERIFY(base->uncommitted.empty());
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(report.compatible);
    QCOMPARE(told(report), QStringList());
}

void TstGitSchemaHistory::newVersions()
{
    const Checkout at = made();
    at.write(u"schemas/order/order.created.v3.json"_s, orderV3);
    at.write(u"schemas/order/order.paid.v1.json"_s, orderV1);
    at.commit(u"more"_s);
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    QVERIFY(!report.changes.empty());
    for (const SchemaChange& change : report.changes) {
        QCOMPARE(change.eventType, u"order.created"_s);
        QCOMPARE(change.to, 3);
        QCOMPARE(change.difference.place.file, at.schemas() + u"/order/order.created.v3.json"_s);
    }
    // What main already had, v1 to v2, is not judged again.
    const bool judgesOld = std::any_of(report.changes.begin(), report.changes.end(),
                                       [](const SchemaChange& change) { return change.to == 2; });
    QVERIFY(!judgesOld);
}

void TstGitSchemaHistory::mainMovedOn()
{
    const Checkout at = made();
    at.commit(u"work"_s);
    at.git({u"checkout"_s, u"-q"_s, u"main"_s});
    at.write(u"schemas/order/order.created.v3.json"_s, orderV3);
    at.commit(u"main goes on"_s);
    at.git({u"checkout"_s, u"-q"_s, u"work"_s});
    // Two dots would call this a deletion of v3 and an edit; from where the branches part, nothing happened.
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(report.compatible);
    QCOMPARE(told(report), QStringList());
}

void TstGitSchemaHistory::editedVersions()
{
    const Checkout at = made();
    at.write(u"schemas/order/order.created.v2.json"_s,
             QByteArray(orderV2).replace("\"note\": {\"type\": \"string\"}", "\"note\": {\"type\": \"integer\"}"));
    at.write(u"schemas/order/order.created.v1.json"_s, QByteArray(orderV1).replace("  \"", "\t\""));
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    const QStringList lines = told(report);
    QVERIFY2(lines.contains(u"publishedVersionEdited order.created 1>1 compatible"_s), qPrintable(lines.join(u'\n')));
    QVERIFY2(lines.contains(u"publishedVersionEdited order.created 2>2 breaking"_s), qPrintable(lines.join(u'\n')));
    QVERIFY(lines.size() > 2); // what the edit does is told beside it
    at.write(u"schemas/_meta/compatibility-rules.yaml"_s, R"(default: BACKWARD
waivers:
  - event: order.created
    to: 2
    reason: nobody has read it yet
    author: ann
    expires: 2027-01-01
)");
    const CompatibilityReport waived = check(at, u"main"_s);
    QVERIFY2(waived.compatible, qPrintable(told(waived).join(u'\n')));
}

void TstGitSchemaHistory::sharedFiles()
{
    const Checkout at = made();
    at.write(u"schemas/order/order.sent.v1.json"_s, R"({"properties": {"to": {"$ref": "address.json"}}})");
    at.write(u"schemas/order/address.json"_s, R"({"type": "object", "required": ["city"]})");
    at.commit(u"refers"_s);
    at.write(u"schemas/order/address.json"_s, R"({"type": "object", "required": ["city", "street"]})");
    const CompatibilityReport report = check(at, u"work"_s);
    QVERIFY(!report.compatible);
    QVERIFY2(told(report).contains(u"publishedVersionEdited order.sent 1>1 breaking"_s),
             qPrintable(told(report).join(u'\n')));
}

void TstGitSchemaHistory::deletedAndRenamed()
{
    const Checkout at = made();
    at.remove(u"schemas/order/order.created.v1.json"_s);
    CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    QCOMPARE(told(report), QStringList{u"publishedVersionDeleted order.created 1>1 breaking"_s});
    // The newest version under a new number: the old one is missing, the new one is compared with it.
    at.write(u"schemas/order/order.created.v1.json"_s, orderV1);
    at.git({u"mv"_s, u"schemas/order/order.created.v2.json"_s, u"schemas/order/order.created.v3.json"_s});
    report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    QCOMPARE(told(report), QStringList{u"versionRenamed order.created 2>3 breaking"_s});
}

void TstGitSchemaHistory::movedFolders()
{
    const Checkout at = made();
    QDir(at.schemas()).mkpath(u"orders"_s);
    at.git({u"mv"_s, u"schemas/order/order.created.v1.json"_s, u"schemas/orders/order.created.v1.json"_s});
    at.git({u"mv"_s, u"schemas/order/order.created.v2.json"_s, u"schemas/orders/order.created.v2.json"_s});
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(report.compatible);
    QCOMPARE(told(report),
             (QStringList{u"fileMoved order.created 1>1 compatible"_s, u"fileMoved order.created 2>2 compatible"_s}));
}

void TstGitSchemaHistory::eventWithAnotherName()
{
    const Checkout at = made();
    at.git({u"mv"_s, u"schemas/order/order.created.v1.json"_s, u"schemas/order/order.placed.v1.json"_s});
    at.git({u"mv"_s, u"schemas/order/order.created.v2.json"_s, u"schemas/order/order.placed.v2.json"_s});
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    const auto renamed = std::find_if(report.changes.begin(), report.changes.end(), [](const SchemaChange& change) {
        return change.difference.kind == u"eventRenamed" && change.from == 1;
    });
    QVERIFY2(renamed != report.changes.end(), qPrintable(told(report).join(u'\n')));
    QCOMPARE(renamed->difference.otherName, u"order.placed"_s);
}

void TstGitSchemaHistory::uncommittedFiles()
{
    const Checkout at = made();
    at.write(u"schemas/order/order.created.v3.json"_s, orderV2);        // untracked
    at.write(u"schemas/order/order.created.v2.json"_s, orderV2 + '\n'); // changed
    at.write(u"other.json"_s, "{}");                                    // elsewhere
    const GitSchemaHistory history;
    const auto base = history.baseOf(at.schemas(), u"main"_s);
    QVERIFY(base.has_value());
    QCOMPARE(base->uncommitted,
             (std::vector<QString>{u"order/order.created.v2.json"_s, u"order/order.created.v3.json"_s}));
    QVERIFY(check(at, u"main"_s).notes.contains(u"2 schema files are not committed"_s));
}

void TstGitSchemaHistory::newFolder()
{
    Checkout at(m_dir->filePath(u"empty"_s));
    at.git({u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
    at.commit(u"nothing yet"_s);
    at.write(u"schemas/order/order.created.v1.json"_s, orderV1);
    at.write(u"schemas/order/order.created.v2.json"_s, orderV3);
    const CompatibilityReport report = check(at, u"main"_s);
    QVERIFY(!report.compatible);
    QCOMPARE(report.changes.front().to, 2);
}

void TstGitSchemaHistory::topOfTheRepository()
{
    Checkout at(m_dir->filePath(u"top"_s));
    at.git({u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
    at.write(u"order.created.v1.json"_s, orderV1);
    at.commit(u"one"_s);
    at.write(u"order.created.v2.json"_s, orderV3);
    const GitSchemaHistory history;
    const auto base = history.baseOf(at.folder(), u"HEAD"_s);
    QVERIFY(base.has_value());
    QCOMPARE(base->files.size(), 1U);
    QCOMPARE(base->uncommitted, std::vector<QString>{u"order.created.v2.json"_s});
}

void TstGitSchemaHistory::oddNames()
{
    const Checkout at = made();
    const QString odd = u"Bestellung [neu] ü/bestellung.geändert.v1.json"_s;
    at.write(u"schemas/"_s + odd, orderV1);
    at.commit(u"odd"_s);
    const GitSchemaHistory history;
    const auto base = history.baseOf(at.schemas(), u"work"_s);
    QVERIFY(base.has_value());
    QCOMPARE(base->files.count(odd), 1U);
    QVERIFY(check(at, u"work"_s).compatible);
}

void TstGitSchemaHistory::refusals()
{
    const GitSchemaHistory history;
    const auto says = [&](const QString& folder, const QString& revision) {
        const auto base = history.baseOf(folder, revision);
        return base                                            ? QString()
               : base.error().code == ErrorCode::InvalidConfig ? base.error().detail
                                                               : u"another code"_s;
    };
    QVERIFY(says(m_dir->path(), u"main"_s).contains(u"no Git repository"_s));
    const Checkout at = made();
    QVERIFY(says(at.schemas(), u"origin/main"_s).contains(u"origin/main is no revision"_s));
    QVERIFY(says(at.schemas(), u"main^{tree}"_s).contains(u"no revision"_s));
    at.git({u"checkout"_s, u"-q"_s, u"--orphan"_s, u"alone"_s});
    at.commit(u"alone"_s);
    QVERIFY(says(at.schemas(), u"main"_s).contains(u"no commit in common"_s));
    Checkout unborn(m_dir->filePath(u"unborn"_s));
    unborn.git({u"init"_s, u"-q"_s});
    QVERIFY(says(unborn.folder(), u"main"_s).contains(u"no commit yet"_s));
}

void TstGitSchemaHistory::shallowClones()
{
    const Checkout at = made();
    at.commit(u"second"_s);
    at.git({u"checkout"_s, u"-q"_s, u"main"_s});
    at.commit(u"main goes on"_s);
    const Checkout clone(m_dir->filePath(u"clone"_s));
    at.git({u"clone"_s, u"-q"_s, u"--depth"_s, u"1"_s, u"--branch"_s, u"work"_s, u"file://"_s + at.folder(),
            clone.folder()});
    const GitSchemaHistory history;
    const auto unknown = history.baseOf(clone.schemas(), u"origin/main"_s);
    QVERIFY(!unknown);
    QVERIFY2(unknown.error().detail.contains(u"shallow"_s), qPrintable(unknown.error().detail));
    clone.git({u"fetch"_s, u"-q"_s, u"--depth"_s, u"1"_s, u"origin"_s, u"main:refs/remotes/origin/main"_s});
    const auto apart = history.baseOf(clone.schemas(), u"origin/main"_s);
    QVERIFY(!apart);
    QCOMPARE(apart.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(apart.error().detail.contains(u"fetch more history"_s), qPrintable(apart.error().detail));
    clone.git({u"fetch"_s, u"-q"_s, u"--unshallow"_s});
    QVERIFY(history.baseOf(clone.schemas(), u"origin/main"_s).has_value());
}

QTEST_GUILESS_MAIN(TstGitSchemaHistory)
#include "tst_gitschemahistory.moc"
