// SPDX-License-Identifier: GPL-3.0-or-later
// The house keeps its floors: every #include is held against rooms.txt.
#include "tests/support/folders.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace {

struct Room
{
    QStringList rooms;
    QStringList libraries;
};

const QStringList groundFloor{u"model/base"_s,      u"model/store"_s, u"model/ledger"_s, u"model/broker"_s,
                              u"model/workspace"_s, u"model/job"_s,   u"model/mask"_s,   u"model/notify"_s};

std::map<QString, Room> readTable()
{
    QFile file(spillway::test::sourceFile(u"tests/layers/rooms.txt"_s));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::map<QString, Room> table;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
    for (const QString& line : lines) {
        if (line.startsWith(u'#') || line.trimmed().isEmpty())
            continue;
        const QStringList columns = line.split(u':');
        Room room{columns.value(1).split(u' ', Qt::SkipEmptyParts), columns.value(2).split(u' ', Qt::SkipEmptyParts)};
        if (room.rooms.removeAll(u"ground"_s) > 0)
            room.rooms += groundFloor;
        table.emplace(columns.value(0).trimmed(), room);
    }
    return table;
}

/// The longest prefix of `path` that the table knows, or empty.
QString roomOf(const QString& path, const std::map<QString, Room>& table)
{
    for (QString folder = path.section(u'/', 0, -2); !folder.isEmpty(); folder = folder.section(u'/', 0, -2)) {
        if (table.contains(folder))
            return folder;
    }
    return {};
}

bool lies(const QString& path, const QString& room)
{
    return path.startsWith(room + u'/');
}

/// Whether a Qt module's folder, which lies beside Qt Core's, has this header.
bool moduleHas(const QString& module, const QString& include)
{
    return QFileInfo::exists(QStringLiteral(SPILLWAY_QTCORE_HEADERS "/../") + module + u'/' + include);
}

/// What is wrong with this include of a file in `room`; empty when nothing is.
QString judge(const QString& include, bool quoted, const QString& roomName, const Room& room,
              const QSet<QString>& qtCore)
{
    if (quoted) {
        if (lies(include, roomName))
            return {};
        for (const QString& allowed : room.rooms) {
            if (lies(include, allowed))
                return {};
        }
        return u"may not include %1"_s.arg(include);
    }
    const QString library = include.section(u'/', 0, 0);
    const bool isQtClass =
        include.size() > 1 && include.startsWith(u'Q') && include[1].isUpper() && !include.endsWith(u".h"_s);
    if (library.startsWith(u"Qt"_s) && include.contains(u'/'))
        return room.libraries.contains(library) ? QString() : u"names a Qt module: %1"_s.arg(include);
    if (isQtClass) {
        if (qtCore.contains(include))
            return {};
        for (const QString& module : room.libraries) {
            if (module.startsWith(u"Qt"_s) && moduleHas(module, include))
                return {};
        }
        return u"uses %1, which is not in Qt Core"_s.arg(include);
    }
    if (!include.contains(u'/') && !include.endsWith(u".h"_s) && !include.endsWith(u".hpp"_s))
        return {}; // std
    static const QStringList everywhere{u"tl"_s};
    static const QStringList system{u"sys"_s,    u"unistd.h"_s, u"fcntl.h"_s, u"errno.h"_s,
                                    u"poll.h"_s, u"signal.h"_s, u"pwd.h"_s};
    const QString stem = include.section(u'/', 0, 0).section(u'.', 0, 0);
    if (everywhere.contains(library) || system.contains(library) || room.libraries.contains(library) ||
        room.libraries.contains(stem))
        return {};
    return u"may not use %1"_s.arg(include);
}

/// The types that a file defines for all the house, each with its namespace. Those of anonymous namespaces are its own.
QStringList typesDefinedIn(const QString& text)
{
    static const QRegularExpression space(u"^namespace (spillway[\\w:]*)"_s);
    static const QRegularExpression type(
        u"^(?:class|struct|union|enum class|enum) (\\w+)(?: final)?(?: : [^;{]+)?\\s*(?:\\{.*)?$"_s);
    QStringList types;
    QString within;
    bool isAnonymous = false;
    const QStringList lines = text.split(u'\n');
    for (const QString& line : lines) {
        if (line == u"namespace {"_s)
            isAnonymous = true;
        else if (line == u"} // namespace"_s)
            isAnonymous = false;
        else if (const auto named = space.match(line); named.hasMatch())
            within = named.captured(1);
        else if (const auto found = type.match(line); found.hasMatch() && !isAnonymous)
            types += within + u"::"_s + found.captured(1);
    }
    return types;
}

} // namespace

class LayersTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyIncludeKeepsToTheTable();
    void theJudgeCatches_data();
    void theJudgeCatches();
    void aTypeIsDefinedInOnePlace();
    void typesAreSeenWhereTheyStand_data();
    void typesAreSeenWhereTheyStand();

private:
    static QSet<QString> qtCoreClasses()
    {
        QSet<QString> names;
        const QStringList entries = QDir(QStringLiteral(SPILLWAY_QTCORE_HEADERS)).entryList(QDir::Files);
        for (const QString& name : entries)
            names.insert(name);
        return names;
    }
};

void LayersTest::everyIncludeKeepsToTheTable()
{
    const auto table = readTable();
    const QSet<QString> qtCore = qtCoreClasses();
    QVERIFY(table.size() > 10);
    QVERIFY(qtCore.contains(u"QString"_s));
    static const QRegularExpression includeLine(u"^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]"_s);
    QStringList wrong;
    int seen = 0;
    const QString root = spillway::test::sourceFile(u"."_s);
    for (const QString& floor : {u"model"_s, u"connectors"_s, u"views"_s, u"app"_s}) {
        QDirIterator files(root + u'/' + floor, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next().mid(root.size() + 1);
            const QString roomName = roomOf(path, table);
            if (roomName.isEmpty()) {
                wrong += path + u": this room is not in rooms.txt"_s;
                continue;
            }
            QFile file(root + u'/' + path);
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
            const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
            for (const QString& line : lines) {
                const auto match = includeLine.match(line);
                if (!match.hasMatch())
                    continue;
                ++seen;
                // moc output is included by its own file
                if (match.captured(2).endsWith(u".moc"_s))
                    continue;
                const QString fault =
                    judge(match.captured(2), match.captured(1) == u"\""_s, roomName, table.at(roomName), qtCore);
                if (!fault.isEmpty())
                    wrong += path + u": "_s + fault;
            }
        }
    }
    QVERIFY(seen > 20);
    QVERIFY2(wrong.isEmpty(), qPrintable(u'\n' + wrong.join(u'\n')));
}

void LayersTest::theJudgeCatches_data()
{
    QTest::addColumn<QString>("include");
    QTest::addColumn<bool>("quoted");
    QTest::addColumn<QString>("room");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("a model room may use Qt Core") << u"QString"_s << false << u"model/lag"_s << true;
    QTest::newRow("a model room may not use a widget") << u"QWidget"_s << false << u"model/lag"_s << false;
    QTest::newRow("nor by its module's folder") << u"QtWidgets/QWidget"_s << false << u"model/lag"_s << false;
    QTest::newRow("nor a broker library") << u"librdkafka/rdkafka.h"_s << false << u"model/lag"_s << false;
    QTest::newRow("a subject may include the ground floor")
        << u"model/base/units.h"_s << true << u"model/lag"_s << true;
    QTest::newRow("a subject may not include another that the table does not name")
        << u"model/replay/plan.h"_s << true << u"model/lag"_s << false;
    QTest::newRow("a view may not see a connector") << u"connectors/kafka/client.h"_s << true << u"views"_s << false;
    QTest::newRow("a connector may not see a view")
        << u"views/theme/theme.h"_s << true << u"connectors/kafka"_s << false;
    QTest::newRow("a view outside charts may not include the plot library")
        << u"qcustomplot.h"_s << false << u"views"_s << false;
    QTest::newRow("charts may") << u"qcustomplot.h"_s << false << u"views/charts"_s << true;
    QTest::newRow("std is everybody's") << u"vector"_s << false << u"model/base"_s << true;
}

void LayersTest::theJudgeCatches()
{
    QFETCH(QString, include);
    QFETCH(bool, quoted);
    QFETCH(QString, room);
    QFETCH(bool, allowed);
    const auto table = readTable();
    QVERIFY(table.contains(room));
    QCOMPARE(judge(include, quoted, room, table.at(room), qtCoreClasses()).isEmpty(), allowed);
}

/// Two types of one name in one namespace build, link, and run each other's destructors.
void LayersTest::aTypeIsDefinedInOnePlace()
{
    std::map<QString, QString> places;
    QStringList wrong;
    const QString root = spillway::test::sourceFile(u"."_s);
    for (const QString& floor : {u"model"_s, u"connectors"_s, u"views"_s, u"app"_s}) {
        QDirIterator files(root + u'/' + floor, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next().mid(root.size() + 1);
            QFile file(root + u'/' + path);
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
            for (const QString& type : typesDefinedIn(QString::fromUtf8(file.readAll()))) {
                const auto [known, isNew] = places.emplace(type, path);
                if (!isNew)
                    wrong += u"%1 is defined in %2 and in %3"_s.arg(type, known->second, path);
            }
        }
    }
    QVERIFY(places.size() > 500);
    QVERIFY2(wrong.isEmpty(), qPrintable(u'\n' + wrong.join(u'\n')));
}

void LayersTest::typesAreSeenWhereTheyStand_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("types");
    QTest::newRow("a struct") << u"namespace spillway {\nstruct A\n{\n};\n"_s << QStringList{u"spillway::A"_s};
    QTest::newRow("a class with a base, in a namespace within")
        << u"namespace spillway::views {\nclass B final : public QObject\n{\n};\n"_s
        << QStringList{u"spillway::views::B"_s};
    QTest::newRow("an enum on one line") << u"namespace spillway {\nenum class C { One, Two };\n"_s
                                         << QStringList{u"spillway::C"_s};
    QTest::newRow("no declaration") << u"namespace spillway {\nclass D;\n"_s << QStringList{};
    QTest::newRow("not what an anonymous namespace keeps")
        << u"namespace spillway {\nnamespace {\nstruct E\n{\n};\n} // namespace\n"_s << QStringList{};
    QTest::newRow("not what stands within another")
        << u"namespace spillway {\n    struct F\n    {\n"_s << QStringList{};
    QTest::newRow("not the body of a nested one") << u"namespace spillway {\nstruct G::H\n{\n};\n"_s << QStringList{};
}

void LayersTest::typesAreSeenWhereTheyStand()
{
    QFETCH(QString, text);
    QTEST(typesDefinedIn(text), "types");
}

QTEST_GUILESS_MAIN(LayersTest)
#include "tst_layers.moc"
