// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/inspector.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/query.h"
#include "views/deadletters/comparepane.h"
#include "views/deadletters/filtermenu.h"
#include "views/deadletters/lettererasing.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/payloadpane.h"
#include "views/deadletters/payloadview.h"
#include "views/deadletters/rescuebar.h"
#include "views/shell/datasource.h"
#include "views/theme/icons.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tabletext.h"
#include "views/widgets/tableview.h"

#include <QEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int leastHeaderValue = 150; // pixels
constexpr int aroundTab = 10;         // a dense tab's padding, and what the style adds
constexpr qsizetype longestFilteredValue = 2'000;

PlainTextLabel* labelAt(const QFormLayout* form, std::size_t row, QFormLayout::ItemRole role)
{
    return qobject_cast<PlainTextLabel*>(form->itemAt(static_cast<int>(row), role)->widget());
}

/// The same lines keep their labels, so that what somebody is marking to copy stays marked while times go on.
void fill(QFormLayout* form, const std::vector<LabelledText>& lines)
{
    bool isSame = form->rowCount() == std::ssize(lines);
    for (std::size_t i = 0; isSame && i < lines.size(); ++i)
        isSame = labelAt(form, i, QFormLayout::LabelRole)->fullText() == lines[i].label;
    for (std::size_t i = 0; isSame && i < lines.size(); ++i) {
        PlainTextLabel* text = labelAt(form, i, QFormLayout::FieldRole);
        if (text->fullText() != lines[i].text)
            text->setText(lines[i].text);
    }
    if (isSame)
        return;
    while (form->rowCount() > 0)
        form->removeRow(0);
    for (const LabelledText& line : lines) {
        auto* text = new PlainTextLabel(line.text, form->parentWidget());
        text->setWordWrap(true);
        text->setSelectable(true);
        text->setFocusPolicy(Qt::NoFocus);
        auto* label = new PlainTextLabel(line.label, TextSize::Body, PlainTextLabel::Ink::Muted, form->parentWidget());
        label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        form->addRow(label, text);
    }
}

QFormLayout* formIn(QWidget* parent)
{
    auto* form = new QFormLayout(parent);
    form->setContentsMargins(8, 8, 8, 8);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    return form;
}

QString headerText(const HeaderRow& row)
{
    switch (row.form) {
    case HeaderRow::Form::Null:
        return Inspector::tr("null");
    case HeaderRow::Form::Bytes:
        return u"0x "_s + row.value;
    case HeaderRow::Form::Text:
        return row.sizeBytes == 0 ? Inspector::tr("(empty)") : row.value;
    case HeaderRow::Form::Number:
    case HeaderRow::Form::Time:
        break;
    }
    return decodedText(row).value_or(row.value);
}

} // namespace

Inspector::Inspector(DataSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_headers(3, [](const ShownHeader& header) { return header.place; })
    , m_data(source)
    , m_prompter(prompter)
    , m_timelineLoad([this](Result<std::vector<TimelineEntry>> timeline) { showTimeline(std::move(timeline)); })
    , m_copyLoad([this](Result<CopiedLine> copied) {
        if (!copied) {
            // What is refused by intention says why itself.
            Q_EMIT said(copied.error().code == ErrorCode::Unsupported ? tr("Not copied: %1").arg(copied.error().detail)
                                                                      : failureSentence(copied.error()));
            return;
        }
        if (!copied->line.isEmpty())
            copyText(copied->line);
        QStringList sentences{tr("Copied as %1").arg(m_copyWord)};
        sentences << copied->missing;
        Q_EMIT said(sentences.join(u" · "_s));
    })
    , m_lossLoad([this](Result<LetterLoss> loss) {
        m_loss = loss ? std::optional(*loss) : std::nullopt;
        showSource();
    })
    , m_saveLoad([this](Result<QString> file) {
        Q_EMIT said(file ? tr("The payload is in %1").arg(*file) : failureSentence(file.error()));
    })
{
    setObjectName(u"inspector"_s);
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(u"inspectorTabs"_s);
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setProperty("dense", true);  // six of them in a third of the window
    m_tabs->setUsesScrollButtons(false); // in a narrow window their words are shortened; none is out of sight
    m_tabs->setElideMode(Qt::ElideRight);
    m_tabs->installEventFilter(this);
    m_tabs->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // nor do they make the window wider
    m_tabs->setAccessibleName(tr("Sides of the letter"));
    for (const QString& name : {tr("Payload"), tr("Headers"), tr("Error"), tr("Source"), tr("Timeline"), tr("Compare")})
        m_tabs->setTabToolTip(m_tabs->addTab(name), plainToolTip(name));
    m_sides = new QStackedWidget(this);
    m_sides->addWidget(buildPayload());
    m_sides->addWidget(buildHeaders(prompter));
    m_sides->addWidget(buildError());
    m_sides->addWidget(buildLines(m_sourceLines));
    m_sides->addWidget(buildLines(m_timelineLines));
    m_compare = new ComparePane(source, prompter, this);
    m_sides->addWidget(m_compare);
    auto* copy = new QToolButton(this);
    copy->setObjectName(u"copyLetter"_s);
    copy->setIcon(icon(u"copy"));
    copy->setToolTip(plainToolTip(tr("Copy the letter as …")));
    copy->setAccessibleName(tr("Copy the letter as JSON, as a kcat line, as a spillwayctl line"));
    connect(copy, &QToolButton::clicked, this, &Inspector::openCopyMenu);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(0, 0, 0, 0);
    top->setSpacing(4);
    top->addWidget(m_tabs, 1);
    top->addWidget(copy);
    top->addWidget(buildEraser());
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int side) {
        m_sides->setCurrentIndex(side);
        if (static_cast<Side>(side) == Side::Timeline)
            askTimeline();
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_sides, 1);
}

QWidget* Inspector::buildEraser()
{
    m_erasing = new LetterErasing(m_data, m_prompter, this);
    connect(m_erasing, &LetterErasing::said, this, &Inspector::said);
    connect(m_erasing, &LetterErasing::erased, this, &Inspector::erased);
    auto* erase = new QToolButton(this);
    erase->setObjectName(u"eraseLetter"_s);
    erase->setIcon(icon(u"erase"));
    erase->setToolTip(plainToolTip(tr("Erase what the letter says, for good …")));
    erase->setAccessibleName(tr("Erase payload, key, headers and message of this letter for good"));
    connect(erase, &QToolButton::clicked, this, &Inspector::eraseLetter);
    return erase;
}

/// Whole words as long as there is room: in a narrow window first the count goes, then the words get smaller.
void Inspector::nameTabs()
{
    const QString bare = tr("Headers");
    const QString counted = m_headerCount ? tr("Headers %1").arg(formatCount(*m_headerCount)) : bare;
    m_tabs->setTabToolTip(1, plainToolTip(counted));
    const auto width = [this](const QString& headers, const QFont& font) {
        const QFontMetrics metrics(font);
        int sum = 0;
        for (int i = 0; i < m_tabs->count(); ++i)
            sum += metrics.horizontalAdvance(i == 1 ? headers : m_tabs->tabText(i)) + aroundTab;
        return sum;
    };
    const bool isWide = width(counted, uiFont()) <= m_tabs->width();
    const QFont font = uiFont(isWide || width(bare, uiFont()) <= m_tabs->width() ? TextSize::Body : TextSize::Small);
    if (m_tabs->font() != font)
        m_tabs->setFont(font);
    if (const QString& shown = isWide ? counted : bare; m_tabs->tabText(1) != shown)
        m_tabs->setTabText(1, shown);
}

bool Inspector::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_tabs && event->type() == QEvent::Resize)
        nameTabs();
    return QWidget::eventFilter(watched, event);
}

QWidget* Inspector::buildPayload()
{
    auto* side = new QWidget(this);
    m_payload = new PayloadPane(side);
    connect(m_payload, &PayloadPane::filterAsked, this, &Inspector::filterAsked);
    m_rescueBar = new RescueBar(m_data, side);
    connect(m_rescueBar, &RescueBar::said, this, &Inspector::said);
    connect(m_rescueBar, &RescueBar::rescued, this, &Inspector::rescued);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_rescueBar);
    layout->addWidget(m_payload, 1);
    return side;
}

QWidget* Inspector::buildHeaders(Prompter& prompter)
{
    m_headerView = new TableView(u"letter-headers"_s, prompter, this);
    m_headerView->setAccessibleName(tr("Headers, in their order"));
    ColumnSpec name;
    name.column = 0;
    name.title = tr("Header");
    name.width = 160;
    name.isMono = true;
    name.isCutAtEnd = true;
    name.text = [this](const QModelIndex& index) { return m_headers.at(index).row.name.left(500); };
    ColumnSpec value;
    value.column = 1;
    value.title = tr("Value");
    value.width = leastHeaderValue;
    value.stretches = true;
    value.isMono = true;
    value.isCutAtEnd = true;
    value.text = [this](const QModelIndex& index) { return headerText(m_headers.at(index).row); };
    value.leaving = [this](const QModelIndex& index) { return leavingHeader(m_headers.at(index)); };
    ColumnSpec replay;
    replay.column = 2;
    replay.title = tr("In a replay");
    replay.width = 90;
    replay.isMuted = true;
    replay.startsHidden = true;
    replay.text = [this](const QModelIndex& index) {
        return m_headers.at(index).row.isError ? tr("left out") : tr("kept");
    };
    m_headerView->show(&m_headers, {name, value, replay});
    m_headerView->setFittedColumn(0);
    m_headerView->setCellMenu([this](QMenu& menu, const QModelIndex& cell) { fillHeaderMenu(menu, cell); });
    return m_headerView;
}

/// As it may leave the screen, also while the letter is shown without masks: its name says what a cell alone does not.
QString Inspector::leavingHeader(const ShownHeader& shown) const
{
    const auto place = static_cast<std::size_t>(shown.place);
    if (!m_letter || place >= m_letter->record.headers.size() || !m_letter->record.headers[place].value)
        return headerText(shown.row);
    const Header& header = m_letter->record.headers[place];
    QByteArray bytes = *header.value;
    for (const MaskPurpose purpose : {MaskPurpose::Clipboard, MaskPurpose::Export})
        bytes = clipboardMasker().header(header.name, bytes, purpose).bytes;
    return bytes == *header.value ? headerText(shown.row) : exactText(bytes);
}

/// A header that is text, as a filter; a query compares bytes as text.
void Inspector::fillHeaderMenu(QMenu& menu, const QModelIndex& cell)
{
    const ShownHeader& shown = m_headers.at(cell);
    const auto place = static_cast<std::size_t>(shown.place);
    if (!m_letter || place >= m_letter->record.headers.size() || shown.row.form != HeaderRow::Form::Text)
        return;
    const Header& header = m_letter->record.headers[place];
    if (!header.value || header.value->size() > longestFilteredValue || !isUtf8(*header.value) || !isUtf8(header.name))
        return;
    addFilterActions(menu, headerTermText(exactText(header.name), exactText(*header.value)),
                     [this](const QString& term) { Q_EMIT filterAsked(term); });
}

QWidget* Inspector::buildError()
{
    auto* side = new QWidget(this);
    auto* lines = new QWidget(side);
    m_errorLines = formIn(lines);
    m_stackNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, side);
    m_stackNote->setContentsMargins(8, 4, 8, 4);
    m_stack = new PayloadView(side);
    // By weight: the frames of the application, by the rules that groups are made with.
    m_stack->setIsStrong([](const QString& row) { return plainGrouping().frames.isAppLine(row.toUtf8()); });
    m_stack->setObjectName(u"stack"_s);
    m_stack->setAccessibleName(tr("Stack trace"));
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(lines);
    layout->addWidget(m_stackNote);
    layout->addWidget(m_stack, 1);
    return side;
}

QWidget* Inspector::buildLines(QFormLayout*& form)
{
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    auto* lines = new QWidget(scroll);
    form = formIn(lines);
    scroll->setWidget(lines);
    return scroll;
}

void Inspector::show(const DeadLetter& letter, const TimeText& time, UtcTime now)
{
    // A letter's bytes never change, and the reader's place stays; but the same letter may come with marks and without.
    const bool isOther = letterId() != letter.id;
    const bool isChanged =
        isOther || m_letter->record.value != letter.record.value || m_letter->record.headers != letter.record.headers;
    m_letter = letter;
    m_time = time;
    m_now = now;
    if (isOther) {
        m_loss.reset();
        m_timeline.clear();
        fill(m_timelineLines, {});
    }
    if (isChanged) {
        m_payload->show(letter.record.value, noPayloadText(letter));
        m_payload->setOrigin(rescuedText(letter));
        m_rescueBar->setLetter(letter);
        const std::optional<QString> stack = stackText(letter.record, letter.facts);
        m_stackNote->setText(stack ? tr("Stack") : tr("The letter holds no stack trace"));
        if (stack)
            m_stack->show(stack->toUtf8(), PayloadForm::Raw);
        else
            m_stack->clear();
    }
    std::vector<ShownHeader> headers;
    const auto dialects = m_data.dialects();
    for (HeaderRow& row : headerRows(letter.record.headers, dialects->dialect(letter.facts.dialect)))
        headers.push_back({static_cast<int>(headers.size()), std::move(row)});
    m_headers.replace(std::move(headers));
    m_headerCount = static_cast<qint64>(letter.record.headers.size());
    nameTabs();
    fill(m_errorLines, errorLines(letter));
    showSource();
    askLoss();
    m_compare->setLetter(letter.id);
    if (m_tabs->currentIndex() == static_cast<int>(Side::Timeline))
        askTimeline();
}

QString Inspector::withRescue(const QString& sentence) const
{
    const QString rescued = m_letter ? rescuedText(*m_letter) : QString();
    if (rescued.isEmpty() || sentence.isEmpty())
        return rescued + sentence;
    return rescued + u" · "_s + sentence;
}

void Inspector::setNow(const TimeText& time, UtcTime now)
{
    m_time = time;
    m_now = now;
    showSource();
    if (!m_timeline.empty())
        fillTimeline();
}

void Inspector::showSchema(const DecodedPayload& payload)
{
    if (payload.text) { // the marks stand for bytes that are not shown now
        m_payload->show(payload.text, {});
        m_payload->setOrigin(withRescue(decodedText(payload)));
        m_payload->setMarks({}, payload.judgement.verdict == SchemaVerdict::Invalid ? schemaText(payload) : QString());
        return;
    }
    // Only what does not fit is said as a fault; that it fits, or cannot be told, stands with the size.
    const bool isFault = payload.judgement.verdict == SchemaVerdict::Invalid;
    m_payload->setOrigin(withRescue(isFault ? QString() : schemaText(payload)));
    m_payload->setMarks(payload.marks, isFault ? schemaText(payload) : QString());
}

void Inspector::clear(const QString& why)
{
    m_letter.reset();
    m_rescueBar->clear();
    m_payload->show(std::nullopt, why);
    m_stack->clear();
    m_headers.replace({});
    m_headerCount.reset();
    nameTabs();
    fill(m_errorLines, {});
    m_timeline.clear();
    m_loss.reset();
    m_lossLoad.cancel();
    fill(m_sourceLines, {});
    m_timelineLoad.cancel();
    fill(m_timelineLines, {});
    m_compare->setLetter({});
    m_stackNote->setText({});
}

void Inspector::showSide(Side side)
{
    m_tabs->setCurrentIndex(static_cast<int>(side));
}

void Inspector::turnForm()
{
    showSide(Side::Payload);
    m_payload->turnForm();
}

void Inspector::startFinding()
{
    showSide(Side::Payload);
    m_payload->startFinding();
}

bool Inspector::isSettled() const
{
    return m_payload->isSettled() && m_rescueBar->isSettled() && m_erasing->isSettled() && !m_lossLoad.isRunning() &&
           !m_timelineLoad.isRunning() && m_compare->isSettled();
}

void Inspector::compareWith(const QString& otherId)
{
    showSide(Side::Compare);
    if (!otherId.isEmpty() && m_letter && otherId != m_letter->id)
        m_compare->compare({.letterId = otherId, .with = CompareWith::Letter, .otherId = m_letter->id});
}

void Inspector::askLoss()
{
    m_lossLoad.refresh(
        [&source = m_data, id = letterId()](std::stop_token stop) { return source.letterLoss(id, stop); });
}

/// Where it came from, and until when the brokers hold it.
void Inspector::showSource()
{
    if (!m_letter)
        return;
    std::vector<LabelledText> lines = sourceLines(*m_letter, m_time, m_now);
    if (m_loss) {
        lines.push_back({tr("Kept by its broker"), lossSentence(m_loss->broker, m_time, m_now)});
        lines.push_back({tr("Origin kept"), lossSentence(m_loss->origin, m_time, m_now)});
    }
    fill(m_sourceLines, lines);
}

void Inspector::askTimeline()
{
    if (!m_letter)
        return;
    m_timelineLoad.ask(
        [&source = m_data, id = m_letter->id](std::stop_token stop) { return source.letterTimeline(id, stop); });
}

void Inspector::showTimeline(Result<std::vector<TimelineEntry>> timeline)
{
    if (!timeline) {
        m_timeline.clear();
        fill(m_timelineLines, {{tr("Not read"), failureSentence(timeline.error())}});
        return;
    }
    m_timeline = std::move(*timeline);
    fillTimeline();
}

void Inspector::fillTimeline()
{
    std::vector<LabelledText> lines;
    for (const TimelineEntry& entry : m_timeline) {
        QString what = visibleText(entry.what);
        if (entry.actor)
            what += u" · "_s + visibleText(*entry.actor);
        lines.push_back({entry.at ? m_time.both(*entry.at, m_now) : tr("time unknown"), what});
    }
    fill(m_timelineLines, lines);
}

void Inspector::openCopyMenu()
{
    if (!m_letter)
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"copyMenu"_s);
    menu->addAction(tr("&JSON"), this, [this] { copyAs(LetterCopyForm::Json); });
    menu->addAction(tr("&kcat line that sends it again"), this, [this] { copyAs(LetterCopyForm::Kcat); });
    menu->addAction(tr("&spillwayctl line"), this, [this] { copyAs(LetterCopyForm::Show); });
    menu->addSeparator();
    menu->addAction(tr("Save the payload's &bytes…"), this, &Inspector::savePayload)
        ->setEnabled(m_letter->record.value.has_value());
    auto* button = findChild<QToolButton*>(u"copyLetter"_s);
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void Inspector::eraseLetter()
{
    if (m_letter)
        m_erasing->ask(*m_letter);
}

void Inspector::copyAs(LetterCopyForm form)
{
    m_copyWord = form == LetterCopyForm::Json   ? tr("JSON")
                 : form == LetterCopyForm::Kcat ? tr("a kcat line")
                                                : tr("a spillwayctl line");
    m_copyLoad.ask(
        [&source = m_data, id = letterId(), form](std::stop_token stop) { return source.copyLetter(id, form, stop); });
}

void Inspector::savePayload()
{
    if (!m_letter)
        return;
    m_prompter.chooseSaveFile(this, tr("Save the payload"), m_letter->id + u".payload"_s, tr("All files (*)"),
                              [this, value = m_letter->record.value](const QString& file) {
                                  if (file.isEmpty() || !value)
                                      return;
                                  m_saveLoad.ask([file, bytes = *value](std::stop_token) -> Result<QString> {
                                      if (const Status written = writeFile(file, bytes); !written)
                                          return tl::unexpected<Error>(written.error());
                                      return file;
                                  });
                              });
}

} // namespace spillway::views
