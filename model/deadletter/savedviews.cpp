// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/savedviews.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/deadletter/letterpivot.h"
#include "model/workspace/yamlreader.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostFiles = 1'000;
constexpr qint64 largestFile = 64 * 1024;
constexpr qsizetype longestName = 80;

/// nullopt: the name is fine; else what is wrong with it.
std::optional<QString> faultOfName(const QString& name)
{
    if (name.trimmed() != name || name.isEmpty())
        return u"a view's name is empty or begins or ends with a space"_s;
    if (name.size() > longestName)
        return u"a view's name is longer than %1 characters"_s.arg(longestName);
    if (visibleText(name) != name)
        return u"a view's name holds invisible characters"_s;
    return std::nullopt;
}

/// What is wrong with one word of a view, and what to write instead.
struct WordFault
{
    QString message;
    QString remedy;
};

WordFault unknownWord(const QString& what, const QString& word, const QStringList& known)
{
    return {u"there is no %1 %2%3"_s.arg(what, quoted(word), didYouMean(word, known)),
            u"write one of "_s + known.join(u", "_s)};
}

QStringList columnNames()
{
    QStringList names;
    for (const QStringView name : savedViewColumns)
        names += name.toString();
    return names;
}

/// @param earlier  the words before it
std::optional<WordFault> faultOfColumn(const QString& word, const QStringList& earlier)
{
    if (!columnNames().contains(word))
        return unknownWord(u"column"_s, word, columnNames());
    if (earlier.contains(word))
        return WordFault{u"the column %1 is listed twice"_s.arg(quoted(word)), u"list it once"_s};
    return std::nullopt;
}

std::optional<WordFault> faultOfSort(const QString& word)
{
    const QString column = word.startsWith(u'-') ? word.sliced(1) : word;
    if (word.isEmpty() || columnNames().contains(column))
        return std::nullopt;
    WordFault fault = unknownWord(u"column"_s, column, columnNames());
    fault.remedy += u"; a - in front means the largest first"_s;
    return fault;
}

std::optional<WordFault> faultOfPivot(const QString& word, const QStringList& earlier)
{
    if (!pivotFieldNames().contains(word))
        return unknownWord(u"field to count by"_s, word, pivotFieldNames());
    if (earlier.contains(word))
        return WordFault{u"the field %1 is listed twice"_s.arg(quoted(word)), u"list it once"_s};
    if (earlier.size() == 2)
        return WordFault{u"letters are counted by two fields at most"_s, u"leave %1 out"_s.arg(quoted(word))};
    return std::nullopt;
}

using FaultOf = std::optional<WordFault> (*)(const QString& word, const QStringList& earlier);

/// The first fault of a list.
std::optional<WordFault> firstFault(const QStringList& words, FaultOf faultOf)
{
    for (qsizetype at = 0; at < words.size(); ++at) {
        if (auto fault = faultOf(words[at], words.first(at)))
            return fault;
    }
    return std::nullopt;
}

/// All faults of a list in a file, each at its word. What is no list of texts has been said.
void noteFaults(const YamlNode* node, FaultOf faultOf, IssueList& issues)
{
    if (!node)
        return;
    QStringList earlier;
    const auto note = [&](const YamlNode& item) {
        if (item.kind != YamlNode::Kind::Scalar || item.text.isEmpty())
            return;
        if (const auto fault = faultOf(item.text, earlier))
            issues.error(item, fault->message, fault->remedy);
        earlier += item.text;
    };
    if (node->kind == YamlNode::Kind::Sequence) {
        for (const YamlNode* item : node->items)
            note(*item);
    } else {
        note(*node);
    }
}

/// A file's name made of the view's: letters, digits, `-` and `_` stay, the rest becomes `-`. Never empty, never a
/// path.
QString fileNameOf(const QString& name)
{
    QString plain;
    for (const QChar c : name.toLower()) {
        const bool isKept = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'_';
        if (isKept)
            plain += c;
        else if (!plain.isEmpty() && !plain.endsWith(u'-'))
            plain += u'-';
    }
    while (plain.endsWith(u'-'))
        plain.chop(1);
    return plain.isEmpty() ? u"view"_s : plain;
}

/// A double-quoted scalar: JSON's strings are YAML's too.
QByteArray scalar(const QString& text)
{
    JsonWriter json;
    json.beginArray().value(text).endArray();
    return json.json().sliced(1).chopped(1);
}

QByteArray yamlOf(const SavedView& view)
{
    const auto list = [](const QStringList& words) {
        QByteArray text = "[";
        for (const QString& word : words)
            text += (text.size() > 1 ? ", " : "") + scalar(word);
        return text + "]";
    };
    QByteArray yaml = "name: " + scalar(view.name) + "\n";
    if (!view.query.trimmed().isEmpty())
        yaml += "query: " + scalar(view.query) + "\n";
    if (!view.description.isEmpty())
        yaml += "description: " + scalar(view.description) + "\n";
    if (!view.columns.isEmpty())
        yaml += "columns: " + list(view.columns) + "\n";
    if (!view.sort.isEmpty())
        yaml += "sort: " + scalar(view.sort) + "\n";
    if (!view.pivot.isEmpty())
        yaml += "pivot: " + list(view.pivot) + "\n";
    return yaml;
}

std::optional<SavedView> readView(const QString& file, std::vector<FileIssue>& issues)
{
    IssueList list(file);
    std::optional<SavedView> view;
    if (QFileInfo(file).size() > largestFile) {
        list.errorAt(1, 1, u"a saved view is larger than 64 KiB"_s, u"keep name, query and description only"_s);
    } else {
        Checked<YamlDocument> document = readYamlFile(file);
        list.append(std::move(document.issues));
        if (document.value) {
            MapReader map(*document.value->root, u"the saved view"_s, list);
            view.emplace();
            view->file = file;
            view->name = map.requiredText(u"name"_s, u"name: Slow payments"_s).value_or(QString());
            view->query = map.text(u"query"_s).value_or(QString());
            view->description = map.text(u"description"_s).value_or(QString());
            view->columns = map.textList(u"columns"_s);
            view->sort = map.text(u"sort"_s).value_or(QString());
            view->pivot = map.textList(u"pivot"_s);
            const YamlNode* name = map.child(u"name"_s);
            const auto nameFault = faultOfName(view->name);
            if (name && name->kind == YamlNode::Kind::Scalar && nameFault)
                list.error(*name, *nameFault, u"write a short name, like 'Slow payments'"_s);
            const YamlNode* query = map.child(u"query"_s);
            const auto parsed = readQuery(view->query);
            if (query && !parsed)
                list.error(*query,
                           u"column %1 of the query: %2"_s.arg(parsed.error().column).arg(parsed.error().message),
                           u"correct the query; see the manual's page on the query language"_s);
            noteFaults(map.child(u"columns"_s), faultOfColumn, list);
            noteFaults(
                map.child(u"sort"_s), [](const QString& word, const QStringList&) { return faultOfSort(word); }, list);
            noteFaults(map.child(u"pivot"_s), faultOfPivot, list);
            map.finish();
        }
    }
    if (list.hasErrors())
        view.reset();
    for (FileIssue& issue : list.take())
        issues.push_back(std::move(issue));
    return view;
}

} // namespace

SavedViews readSavedViews(const QString& folder)
{
    SavedViews saved;
    QStringList names =
        QDir(folder).entryList({u"*.yaml"_s, u"*.yml"_s}, QDir::Files | QDir::Readable | QDir::Hidden, QDir::Name);
    names.removeIf([](const QString& name) { return name.startsWith(u'.'); });
    if (names.size() > mostFiles) {
        saved.issues.push_back({.place = {.file = folder},
                                .message = u"the folder holds more than %1 saved views"_s.arg(mostFiles),
                                .remedy = u"move those that nobody uses elsewhere"_s});
        names.resize(mostFiles);
    }
    for (const QString& name : names) {
        auto view = readView(QDir(folder).absoluteFilePath(name), saved.issues);
        if (!view)
            continue;
        const auto twin = std::find_if(saved.views.begin(), saved.views.end(),
                                       [&](const SavedView& other) { return other.name == view->name; });
        if (twin == saved.views.end())
            saved.views.push_back(std::move(*view));
        else
            saved.issues.push_back({.place = {.file = view->file, .line = 1, .column = 1},
                                    .message = u"the name %1 belongs to %2 too"_s.arg(quoted(view->name),
                                                                                      QFileInfo(twin->file).fileName()),
                                    .remedy = u"give each view its own name"_s});
    }
    std::sort(saved.views.begin(), saved.views.end(), [](const SavedView& a, const SavedView& b) {
        const int order = a.name.compare(b.name, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a.name < b.name;
    });
    return saved;
}

QString bothQueries(const QString& one, const QString& other)
{
    if (one.trimmed().isEmpty() || other.trimmed().isEmpty())
        return one.trimmed() + other.trimmed();
    return u"(%1) (%2)"_s.arg(one.trimmed(), other.trimmed());
}

Result<SavedView> savedView(const QString& folder, const QString& name)
{
    SavedViews saved = readSavedViews(folder);
    for (SavedView& view : saved.views) {
        if (view.name == name)
            return std::move(view);
    }
    QStringList there;
    for (const SavedView& view : saved.views)
        there += view.name;
    QStringList faults;
    for (const FileIssue& issue : saved.issues)
        faults += issue.toString();
    QString detail = u"there is no saved view %1%2 in %3"_s.arg(quoted(name), didYouMean(name, there), folder);
    if (!there.isEmpty())
        detail += u"; there are: "_s + there.join(u", "_s);
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n') + u'\n' + detail);
    return fail(ErrorCode::NotFound, detail);
}

Result<QString> saveView(const QString& folder, const SavedView& view, bool replaces)
{
    if (const auto fault = faultOfName(view.name))
        return fail(ErrorCode::InvalidConfig, *fault + u"; write a short name, like 'Slow payments'"_s);
    if (const auto parsed = parseQuery(view.query); !parsed)
        return tl::unexpected<Error>(parsed.error());
    for (const auto& fault :
         {firstFault(view.columns, faultOfColumn), faultOfSort(view.sort), firstFault(view.pivot, faultOfPivot)}) {
        if (fault)
            return fail(ErrorCode::InvalidConfig, fault->message + u"; "_s + fault->remedy);
    }
    const auto unwritable = [&](const QString& file, const QString& why) {
        return fail(ErrorCode::Unreachable, u"%1: the view cannot be written: %2"_s.arg(file, why));
    };
    QString file;
    for (const SavedView& other : readSavedViews(folder).views) {
        if (other.name == view.name)
            file = other.file;
    }
    if (!file.isEmpty() && !replaces)
        return fail(ErrorCode::Conflict,
                    u"%1: a view of the name %2 is there already; choose another name, or replace it"_s.arg(
                        file, quoted(view.name)));
    if (!QDir().mkpath(folder))
        return unwritable(folder, u"the folder cannot be made"_s);
    const QByteArray yaml = yamlOf(view);
    if (!file.isEmpty()) {
        if (const Status written = writeWhole(file, yaml); !written)
            return tl::unexpected<Error>(written.error());
        return file;
    }
    // Another view, or a file of somebody's, may bear this file's name: NewOnly leaves it alone.
    for (int number = 1; number <= 1'000; ++number) {
        const QString suffix = number == 1 ? QString() : u'-' + QString::number(number);
        QFile out(QDir(folder).absoluteFilePath(fileNameOf(view.name) + suffix + u".yaml"_s));
        if (out.exists())
            continue;
        if (!out.open(QIODevice::WriteOnly | QIODevice::NewOnly))
            return unwritable(out.fileName(), out.errorString());
        const bool isWritten = out.write(yaml) == yaml.size() && out.flush();
        if (!isWritten) {
            const QString why = out.errorString();
            out.close();
            out.remove();
            return unwritable(out.fileName(), why);
        }
        return out.fileName();
    }
    return unwritable(folder, u"there are too many files of this name"_s);
}

} // namespace spillway
