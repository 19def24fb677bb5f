// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/letterlist.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/letterscan.h"
#include "model/deadletter/query.h"
#include "views/deadletters/filtermenu.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// The record's own, where a proxy's letter wraps it.
std::optional<QByteArray> shownKey(const DeadLetter& letter)
{
    return ownKey(letter.record, letter.facts.dialect);
}

constexpr int mostLetters = 500; // one looks at some and acts on the group; the group's size is not limited by this
enum Column { EnteredColumn, KeyColumn, PlaceColumn, MessageColumn, StateColumn, ColumnCount };

/// As a query writes it, in its largest unit that is not too coarse; a letter of this age fits "at most" what was
/// rounded up, and "at least" what was rounded down.
QString queryDuration(Millis age, bool isUp)
{
    struct Unit
    {
        std::int64_t ms;
        QChar sign;
        std::int64_t upTo; ///< of them
    };
    constexpr std::int64_t second = 1'000;
    const Unit units[]{
        {second, u's', 600}, {60 * second, u'm', 120}, {3'600 * second, u'h', 72}, {86'400 * second, u'd', 0}};
    for (const Unit& unit : units) {
        const std::int64_t whole = age.count() / unit.ms;
        if (unit.upTo == 0 || whole < unit.upTo)
            return QString::number(whole + (isUp ? 1 : 0)) + unit.sign;
    }
    return {};
}

/// As saved views name them.
constexpr auto& columnNames = savedViewColumns; // in the order of Column
static_assert(savedViewColumns.size() == ColumnCount);
QString columnName(int column)
{
    return columnNames[static_cast<std::size_t>(column)].toString();
}
/// -1: there is none of this name.
int columnOf(const QString& name)
{
    const auto found = std::find(std::begin(columnNames), std::end(columnNames), name);
    return found == std::end(columnNames) ? -1 : static_cast<int>(found - std::begin(columnNames));
}

std::vector<ColumnSpec> columns(const RowTable<LetterRow, QString>& table, ViewSettings& settings)
{
    const auto letter = [&table](const QModelIndex& index) -> const DeadLetter& { return table.at(index).letter; };
    const auto column = [](int number, const QString& title, int width) {
        ColumnSpec spec;
        spec.column = number;
        spec.title = title;
        spec.width = width;
        return spec;
    };
    ColumnSpec entered = column(EnteredColumn, LetterList::tr("Entered"), 88);
    entered.text = [letter, &settings](const QModelIndex& index) {
        // Of another day the day alone: the time stands in the inspector, and a column for both would take the key's
        // room.
        return settings.timeText().brief(letter(index).agesFrom(), settings.now()).left(10);
    };
    entered.sortKey = [letter](const QModelIndex& index) {
        return QVariant(static_cast<qint64>(toMs(letter(index).agesFrom())));
    };
    ColumnSpec key = column(KeyColumn, LetterList::tr("Key"), 80);
    key.stretches = true;
    key.isMono = true;
    key.text = [letter](const QModelIndex& index) { return keyText(shownKey(letter(index))); };
    ColumnSpec place = column(PlaceColumn, LetterList::tr("Place"), 80);
    place.isMuted = true;
    place.align = CellAlign::Number;
    place.text = [letter](const QModelIndex& index) {
        const RawRecord& record = letter(index).record;
        return u"p%1 @ %2"_s.arg(record.at.partition).arg(formatCount(record.offset.value));
    };
    place.sortKey = [letter](const QModelIndex& index) {
        const RawRecord& record = letter(index).record;
        return QVariant(u"%1 %2"_s.arg(record.at.partition, 6).arg(record.offset.value, 20));
    };
    ColumnSpec message = column(MessageColumn, LetterList::tr("Message"), 180);
    message.startsHidden = true;
    message.text = [letter](const QModelIndex& index) {
        return letter(index).facts.errorMessage.value_or(unknownText());
    };
    ColumnSpec state = column(StateColumn, LetterList::tr("State"), 96);
    state.mark = [letter](const QModelIndex& index) { return std::optional(triageMark(letter(index).state)); };
    return {entered, key, place, message, state};
}

} // namespace

LetterList::LetterList(const ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_rows(ColumnCount, [](const LetterRow& row) { return row.letter.id; })
    , m_load([this](Result<LetterPage> page) { showPage(std::move(page)); })
{
    m_table = new TableView(u"letters"_s, context.prompter, this);
    m_table->setObjectName(u"letters"_s);
    m_table->setAccessibleName(tr("Messages in the group"));
    m_table->show(&m_rows, columns(m_rows, context.settings));
    m_table->setCellMenu([this](QMenu& menu, const QModelIndex& cell) { fillCellMenu(menu, cell); });
    m_table->setRowKey([this](const QModelIndex& index) { return m_rows.at(index).letter.id; });
    connect(m_table, &TableView::currentRowChanged, this, [this] {
        Q_EMIT currentChanged();
        Q_EMIT choiceChanged();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &LetterList::choiceChanged);
    connect(m_table, &TableView::exportFailed, this, &LetterList::said);
    m_more = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, this);
    m_more->setObjectName(u"lettersMore"_s);
    m_more->setContentsMargins(8, 4, 8, 4);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_more);
    connect(&context.data, &DataSource::searchAdvanced, this, &LetterList::showProgress);
    connect(&context.data, &DataSource::lettersFound, this, &LetterList::showFound);
}

void LetterList::ask(const LetterQuestion& question, bool isSameQuestion)
{
    const bool isSame = isSameQuestion && m_question.group == question.group;
    m_question = question;
    const auto work = [&source = m_context.data, query = question.query](std::stop_token stop) {
        return source.letters(query, mostLetters, stop);
    };
    if (isSame) {
        m_load.refresh(work);
        return;
    }
    m_rows.replace({});
    m_more->setText(tr("Reading the messages"));
    m_searched = question.query;
    m_progressText.clear();
    m_load.ask(work);
}

void LetterList::clear()
{
    forget();
    m_load.cancel();
    m_searched.clear();
    m_more->setText({});
    m_rows.replace({});
    Q_EMIT currentChanged();
}

bool LetterList::stopSearch()
{
    if (m_searched.isEmpty())
        return false;
    m_load.cancel();
    m_searched.clear();
    m_more->setText(m_progressText.isEmpty() ? tr("Stopped") : tr("Stopped: %1").arg(m_progressText));
    return true;
}

const DeadLetter* LetterList::current() const
{
    const QModelIndex current = m_table->currentSource();
    return current.isValid() ? &m_rows.at(current).letter : nullptr;
}

QStringList LetterList::chosenIds() const
{
    QStringList ids;
    for (const QModelIndex& index : m_table->selectedSources())
        ids << m_rows.at(index).letter.id;
    return ids;
}

void LetterList::move(int by)
{
    const int row = std::clamp(m_table->currentIndex().row() + by, 0, std::max(0, m_table->presented().rowCount() - 1));
    const int scrolled = m_table->horizontalScrollBar()->value();
    m_table->selectionModel()->setCurrentIndex(m_table->presented().index(row, KeyColumn),
                                               QItemSelectionModel::NoUpdate);
    m_table->horizontalScrollBar()->setValue(scrolled); // up and down is not to the side
}

void LetterList::toggleCurrent()
{
    const QModelIndex current = m_table->currentIndex();
    if (!current.isValid())
        return;
    m_table->setFocus();
    m_table->selectionModel()->select(current, QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
}

void LetterList::describe(SavedView& view) const
{
    for (const int column : m_table->visibleColumns())
        view.columns += columnName(column);
    if (const auto order = m_table->order())
        view.sort = (order->second == Qt::DescendingOrder ? u"-"_s : QString()) + columnName(order->first);
}

void LetterList::arrange(const SavedView& view)
{
    std::vector<int> columns;
    for (const QString& name : view.columns) {
        if (const int column = columnOf(name); column >= 0)
            columns.push_back(column);
    }
    m_table->arrangeColumns(columns);
    const bool isDescending = view.sort.startsWith(u'-');
    if (const int column = columnOf(isDescending ? view.sort.sliced(1) : view.sort); column >= 0)
        m_table->sortByColumn(column, isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void LetterList::showProgress(const QString& query, qint64 scanned, qint64 total, qint64 found)
{
    if (!m_searched.isEmpty() && query == m_searched) {
        m_progressText =
            tr("%1 of %2 looked at, %3 found").arg(formatCount(scanned), formatCount(total), formatCount(found));
        m_more->setText(tr("%1 so far · Esc stops").arg(m_progressText));
    }
}

void LetterList::showFound(const QString& query, const std::vector<DeadLetter>& letters)
{
    if (!m_searched.isEmpty() && query == m_searched)
        showRows(letters);
}

void LetterList::showPage(Result<LetterPage> page)
{
    m_searched.clear();
    if (!page) {
        m_more->setText(tr("The messages could not be read. %1").arg(failureSentence(page.error())));
        return;
    }
    const auto shown = static_cast<std::int64_t>(page->letters.size());
    const QueryOutcome& outcome = page->outcome;
    if (outcome.end == QueryOutcome::End::Limit)
        m_more->setText(tr("The newest %1 of %2").arg(formatCount(shown), formatCount(m_question.groupCount)));
    else if (outcome.end == QueryOutcome::End::Exhausted && outcome.total > 0 && m_question.isFiltered)
        m_more->setText(tr("%1, all %2 looked at").arg(lettersText(shown), formatCount(outcome.total)));
    else
        m_more->setText(lettersText(shown));
    showRows(page->letters);
}

void LetterList::showRows(const std::vector<DeadLetter>& letters)
{
    std::vector<LetterRow> rows;
    for (const DeadLetter& letter : letters)
        rows.push_back({letter});
    m_rows.apply(std::move(rows));
    if (!m_table->currentIndex().isValid() && m_rows.rowCount() > 0) {
        m_table->setCurrentIndex(m_table->presented().index(0, KeyColumn)); // which says so itself
        m_table->horizontalScrollBar()->setValue(0); // in a narrow list the key's column would come whole into sight
    } else {
        Q_EMIT currentChanged();
    }
}

void LetterList::fillCellMenu(QMenu& menu, const QModelIndex& cell)
{
    const DeadLetter& letter = m_rows.at(cell).letter;
    const auto ask = [this](const QString& term) { Q_EMIT filterAsked(term); };
    const auto offer = [&](QStringView field, const QString& value) {
        addFilterActions(menu, queryTermText(field, value), ask);
    };
    switch (cell.column()) {
    case EnteredColumn:
        if (const Millis age = m_context.settings.now() - letter.agesFrom(); age.count() >= 0) {
            addFilterAction(menu, u"age<="_s + queryDuration(age, true), ask);
            addFilterAction(menu, u"age>="_s + queryDuration(age, false), ask);
        }
        break;
    case KeyColumn:
        if (const auto shown = shownKey(letter); shown && exactText(*shown).toUtf8() == *shown)
            offer(u"key", exactText(*shown));
        break;
    case PlaceColumn:
        offer(u"channel", letter.record.at.topic);
        offer(u"partition", QString::number(letter.record.at.partition));
        addFilterAction(menu, u"offset<=%1"_s.arg(letter.record.offset.value), ask);
        addFilterAction(menu, u"offset>=%1"_s.arg(letter.record.offset.value), ask);
        break;
    case MessageColumn:
        if (letter.facts.errorMessage)
            offer(u"error", *letter.facts.errorMessage);
        if (letter.facts.errorClass)
            offer(u"error", *letter.facts.errorClass);
        break;
    case StateColumn:
        offer(u"state", triageStateWord(letter.state));
        break;
    default:
        break;
    }
}

} // namespace spillway::views
