// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/payloadpane.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/mask/masker.h"
#include "views/theme/fonts.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int longestNeedle = 1'000;

PayloadForm viewForm(PayloadPane::Form form)
{
    switch (form) {
    case PayloadPane::Form::Pretty:
    case PayloadPane::Form::Tree:
        return PayloadForm::Pretty;
    case PayloadPane::Form::Raw:
        return PayloadForm::Raw;
    case PayloadPane::Form::Hex:
        return PayloadForm::Hex;
    }
    return PayloadForm::Raw;
}

} // namespace

PayloadPane::PayloadPane(QWidget* parent)
    : QWidget(parent)
    , m_findLoad([this](Result<std::optional<qsizetype>> at) { showFound(std::move(at)); })
{
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 4, 0, 4);
    bar->setSpacing(4);
    const QString names[]{tr("Pretty"), tr("Tree"), tr("Raw"), tr("Hex")};
    for (int i = 0; i < 4; ++i) {
        m_forms[i] = new QToolButton(this);
        m_forms[i]->setText(names[i]);
        m_forms[i]->setAccessibleName(tr("Payload as %1").arg(names[i]));
        m_forms[i]->setCheckable(true);
        m_forms[i]->setAutoExclusive(true);
        m_forms[i]->setObjectName(u"form%1"_s.arg(i));
        connect(m_forms[i], &QToolButton::clicked, this, [this, i] { setForm(static_cast<Form>(i)); });
        bar->addWidget(m_forms[i]);
    }
    m_forms[0]->setChecked(true);
    m_note = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_note->setObjectName(u"payloadNote"_s);
    m_note->setElided(true);
    bar->addSpacing(8);
    bar->addWidget(m_note, 1);

    m_more = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_more->setObjectName(u"payloadMore"_s);
    m_more->setWordWrap(true);
    m_more->setContentsMargins(8, 0, 8, 4);
    m_more->hide();
    m_schema = new PlainTextLabel({}, this);
    m_schema->setObjectName(u"payloadSchema"_s);
    m_schema->setTone(Tone::Critical);
    m_schema->setWordWrap(true);
    m_schema->setContentsMargins(8, 4, 8, 4);
    m_schema->hide();

    m_view = new PayloadView(this);
    m_view->setObjectName(u"payload"_s);
    connect(m_view, &PayloadView::indexed, this, [this] {
        markFault();
        showNote();
        showTreeWhenReady();
    });
    m_tree = new QTreeView(this);
    m_tree->setObjectName(u"payloadTree"_s);
    m_tree->setAccessibleName(tr("Payload as a tree"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setFont(monoFont());
    m_tree->setUniformRowHeights(true); // or every row would be measured
    m_tree->setAlternatingRowColors(false);
    m_tree->setModel(&m_treeModel);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(JsonTree::NameColumn, 180);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setTextElideMode(Qt::ElideRight);
    connect(m_tree, &QTreeView::customContextMenuRequested, this, &PayloadPane::openTreeMenu);
    m_tree->installEventFilter(this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_tree);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_more);
    layout->addWidget(m_schema);
    layout->addWidget(buildFind());
    layout->addWidget(m_stack, 1);
}

QWidget* PayloadPane::buildFind()
{
    m_findBar = new QWidget(this);
    m_findText = new QLineEdit(m_findBar);
    m_findText->setObjectName(u"payloadFind"_s);
    m_findText->setAccessibleName(tr("Find in the payload"));
    m_findText->setPlaceholderText(tr("Find: Enter the next, Shift+Enter the one before, Escape closes"));
    m_findText->setMaxLength(longestNeedle);
    m_findText->installEventFilter(this);
    m_findNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_findBar);
    m_findNote->setObjectName(u"payloadFindNote"_s);
    auto* row = new QHBoxLayout(m_findBar);
    row->setContentsMargins(0, 0, 0, 4);
    row->setSpacing(8);
    row->addWidget(m_findText, 1);
    row->addWidget(m_findNote);
    connect(m_findText, &QLineEdit::textEdited, this, [this] {
        m_view->showStretch(0, 0);
        find(false);
    });
    m_findBar->hide();
    return m_findBar;
}

void PayloadPane::show(const std::optional<QByteArray>& bytes, const QString& why)
{
    m_findLoad.cancel();
    m_bytes = bytes;
    m_why = why;
    m_origin.clear();
    setMarks({}, {});
    m_isTreeShown = false;
    m_treeModel.clear();
    m_findNote->setText({});
    showForm();
}

void PayloadPane::setOrigin(const QString& origin)
{
    m_origin = origin;
    showNote();
}

void PayloadPane::setMarks(std::vector<PayloadMark> marks, const QString& sentence)
{
    m_marks = std::move(marks);
    m_view->setMarks(m_marks);
    m_schema->setText(sentence);
    m_schema->setVisible(!sentence.isEmpty());
}

void PayloadPane::setForm(Form form)
{
    m_form = form;
    m_forms[static_cast<int>(form)]->setChecked(true);
    showForm();
}

void PayloadPane::turnForm()
{
    setForm(static_cast<Form>((static_cast<int>(m_form) + 1) % 4));
}

void PayloadPane::showForm()
{
    if (!m_bytes) {
        m_view->clear();
        m_stack->setCurrentWidget(m_view);
        showNote();
        return;
    }
    const PayloadForm form = viewForm(m_form);
    // Pretty and tree share one index.
    if (m_view->isEmpty() || m_view->rows().index().form != form || !m_view->rows().bytes().isSharedWith(*m_bytes)) {
        m_view->show(*m_bytes, form);
        m_view->setMarks(m_marks);
        markFault();
    }
    showTreeWhenReady();
    showNote();
}

void PayloadPane::showTreeWhenReady()
{
    const PayloadIndex& index = m_view->rows().index();
    const bool isReady = m_form == Form::Tree && m_bytes && index.isJson;
    if (isReady && !m_isTreeShown) {
        m_isTreeShown = true;
        m_treeModel.show(*m_bytes, index.spans);
        if (m_treeModel.rowCount() > 0)
            m_tree->setCurrentIndex(m_treeModel.index(0, 0));
        // What a small document holds is seen at once.
        if (m_bytes->size() <= 4'096)
            m_tree->expandAll();
    }
    const bool isTree = isReady && m_treeModel.rowCount() > 0;
    m_stack->setCurrentWidget(isTree ? static_cast<QWidget*>(m_tree) : m_view);
}

void PayloadPane::markFault()
{
    const PayloadIndex& index = m_view->rows().index();
    if (!index.fault || index.fault->at >= m_view->rows().bytes().size())
        return;
    std::vector<PayloadMark> marks = m_marks;
    marks.push_back({index.fault->at, index.fault->at + 1, index.fault->what});
    m_view->setMarks(std::move(marks));
}

void PayloadPane::showNote()
{
    const auto say = [this](const QString& note, const QStringList& sentences) {
        m_note->setText(note);
        m_more->setText(sentences.join(u" · "_s));
        m_more->setVisible(!sentences.isEmpty());
    };
    if (!m_bytes) {
        say({}, m_why.isEmpty() ? QStringList() : QStringList{m_why});
        return;
    }
    if (QByteArrayView(*m_bytes) == maskMark) { // of the mark neither size nor form means anything
        say({}, {tr("Masked whole: places in it cannot be told apart. Reveal… shows it")});
        return;
    }
    const PayloadIndex& index = m_view->rows().index();
    const QString size = formatSizeBytes(m_bytes->size());
    QStringList sentences;
    if (!m_origin.isEmpty())
        sentences << m_origin;
    if (m_bytes->isEmpty())
        sentences << tr("Empty: no bytes, which is not null");
    else if (index.fault)
        sentences
            << tr("No JSON from byte %1 on: %2; shown as it is").arg(formatCount(index.fault->at), index.fault->what);
    else if (m_form == Form::Tree && index.isJson && m_treeModel.rowCount() == 0)
        sentences << tr("A single value has no tree");
    if (!index.isUtf8)
        sentences << tr("Not UTF-8: such bytes show as \uFFFD; hex shows them");
    say(index.isDone ? size : tr("showing %1 of %2").arg(formatSizeBytes(index.indexedBytes), size), sentences);
}

void PayloadPane::startFinding()
{
    m_findBar->show();
    m_findText->setFocus();
    m_findText->selectAll();
}

void PayloadPane::find(bool isBackwards)
{
    const QByteArray needle = m_findText->text().toUtf8();
    if (!m_bytes || needle.isEmpty()) {
        m_findLoad.cancel();
        m_view->showStretch(0, 0);
        m_findNote->setText({});
        return;
    }
    if (m_form == Form::Tree)
        setForm(Form::Pretty); // the tree holds only what was opened
    const qsizetype at = m_view->foundAt();
    const PayloadFind asked{.needle = needle,
                            .from = at < 0 ? (isBackwards ? m_bytes->size() : 0) : (isBackwards ? at : at + 1),
                            .isBackwards = isBackwards};
    m_isFindBackwards = isBackwards;
    m_findNote->setText(tr("searching"));
    m_findLoad.ask([bytes = *m_bytes, asked](std::stop_token stop) -> Result<std::optional<qsizetype>> {
        return findInPayload(bytes, asked, [stop] { return stop.stop_requested(); });
    });
}

void PayloadPane::showFound(Result<std::optional<qsizetype>> at)
{
    if (!at || !*at) {
        const bool hadOne = m_view->foundAt() >= 0;
        m_findNote->setText(!hadOne             ? tr("not there")
                            : m_isFindBackwards ? tr("none before this one")
                                                : tr("none after this one"));
        return;
    }
    const qsizetype first = **at;
    m_view->showStretch(first, first + m_findText->text().toUtf8().size());
    m_findNote->setText(tr("at byte %1").arg(formatCount(first)));
}

void PayloadPane::showStretch(qsizetype first, qsizetype last)
{
    if (m_form == Form::Tree)
        setForm(Form::Pretty);
    m_view->showStretch(first, last);
}

bool PayloadPane::isSettled() const
{
    return !m_view->isIndexing() && !m_findLoad.isRunning();
}

bool PayloadPane::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isReturn = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (watched == m_findText && (isReturn || key->key() == Qt::Key_Escape)) {
            event->accept();
            if (event->type() == QEvent::ShortcutOverride)
                return true;
            if (isReturn) {
                find(key->modifiers().testFlag(Qt::ShiftModifier));
            } else {
                m_findBar->hide();
                m_view->showStretch(0, 0);
                m_stack->currentWidget()->setFocus();
            }
            return true;
        }
        if (watched == m_tree && event->type() == QEvent::KeyPress && key->matches(QKeySequence::Copy)) {
            copyFromTree(JsonTree::PointerRole);
            return true;
        }
        if (watched == m_tree && event->type() == QEvent::KeyPress && isReturn) {
            const QString term = m_treeModel.data(m_tree->currentIndex(), JsonTree::QueryTermRole).toString();
            if (!term.isEmpty())
                Q_EMIT filterAsked(term);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void PayloadPane::copyFromTree(JsonTree::Role role)
{
    const QModelIndex current = m_tree->currentIndex();
    if (current.isValid())
        copyText(m_treeModel.data(current, role).toString());
}

/// With the names around it, which say whether it may be copied.
void PayloadPane::copyValueFromTree()
{
    const QModelIndex current = m_tree->currentIndex();
    if (!current.isValid() || !m_bytes)
        return;
    const auto place = [this](const QModelIndex& index, JsonTree::Role role) {
        return m_treeModel.data(index, role).toLongLong();
    };
    QByteArray before;
    QByteArray behind;
    const QByteArrayView document = QByteArrayView(*m_bytes).trimmed();
    for (QModelIndex at = current; at.isValid(); at = at.parent()) {
        const QString pointer = m_treeModel.data(at, JsonTree::PointerRole).toString();
        if (pointer.isEmpty()) // the document itself
            break;
        const QModelIndex around = at.parent();
        QString name = pointer.sliced(pointer.lastIndexOf(u'/') + 1);
        if ((around.isValid() ? m_bytes->at(place(around, JsonTree::FromRole)) : document.front()) == '[') {
            before.prepend('[' + QByteArray("null,").repeated(name.toLongLong()));
            behind.append(']');
            continue;
        }
        name.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        const QByteArray quoted = QJsonDocument(QJsonArray{name}).toJson(QJsonDocument::Compact);
        before.prepend('{' + quoted.sliced(1, quoted.size() - 2) + ':');
        behind.append('}');
    }
    const qint64 from = place(current, JsonTree::FromRole);
    copyValue(before, m_bytes->mid(from, place(current, JsonTree::ToRole) - from), behind);
}

void PayloadPane::openTreeMenu(const QPoint& at)
{
    const QModelIndex index = m_tree->indexAt(at).isValid() ? m_tree->indexAt(at) : m_tree->currentIndex();
    if (!index.isValid())
        return;
    m_tree->setCurrentIndex(index);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy the path (JSON pointer)\tCtrl+C"), this, [this] { copyFromTree(JsonTree::PointerRole); });
    menu->addAction(tr("Copy the path as a query field"), this, [this] { copyFromTree(JsonTree::QueryFieldRole); });
    const qint64 from = m_treeModel.data(index, JsonTree::FromRole).toLongLong();
    const qint64 to = m_treeModel.data(index, JsonTree::ToRole).toLongLong();
    menu->addAction(tr("Copy the value"), this, &PayloadPane::copyValueFromTree);
    const QString term = m_treeModel.data(index, JsonTree::QueryTermRole).toString();
    QAction* filter = menu->addAction(tr("Add as filter\tReturn"), this, [this, term] { Q_EMIT filterAsked(term); });
    filter->setEnabled(!term.isEmpty());
    menu->addAction(tr("Show in Pretty"), this, [this, from, to] { showStretch(from, to); });
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

} // namespace spillway::views
